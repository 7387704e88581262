import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, complete, left } from "../expected-counts.ts";

type Removal = (req: IncomingMessage, res: ServerResponse) => void;

const removals: Readonly<Record<string, Removal>> = {
  "the response's listeners for close": (_req, res) => res.removeAllListeners("close"),
  "the response's listeners for finish": (_req, res) => {
    // Node's own is one of them: without it the connection is not closed
    for (const listener of res.listeners("finish"))
      if (!/onfinish$|responsefinish$/i.test(listener.name)) res.off("finish", listener as never);
  },
  "the response's listeners for close, error and prefinish": (_req, res) => {
    for (const event of ["close", "error", "prefinish"]) res.removeAllListeners(event);
  },
  "the request's listeners": (req) => req.removeAllListeners(),
  "the request's listeners for close": (req) => req.removeAllListeners("close"),
};

function removalCases([what, remove]: [string, Removal]): ExchangeCase[] {
  return [
    {
      name: `an app that removes ${what}, and answers`,
      // some adapters hear of the end by finish alone
      on: ({ wire }) => wire || !what.includes("finish"),
      handle(req, res) {
        remove(req, res);
        res.end("body");
      },
    },
    {
      name: `an app that removes ${what}, and whose client leaves`,
      handle(req, res) {
        remove(req, res);
        res.write("first");
      },
      async client(client) {
        client.send({});
        await client.until(/first/);
        client.socket.destroy();
      },
      async client2(client) {
        const stream = client.request();
        await new Promise((resolve) => stream.once("data", resolve));
        stream.close(8);
        await client.closed(stream);
      },
      counted: [left],
    },
    {
      name: `an app that removes ${what}, and breaks off`,
      handle(req, res, { cue }) {
        remove(req, res);
        res.write("first");
        void cue("go").then(() => res.destroy());
      },
      async client(client) {
        client.send({});
        await client.until(/first/);
        client.cue("go");
        await client.closed();
      },
      counted: [broken(200)],
    },
  ];
}

/** The app removes what is not its own, or takes the pair apart. */
export const handsOffCases: readonly ExchangeCase[] = [
  ...Object.entries(removals).flatMap(removalCases),
  {
    name: "an app that removes every listener of the response, and answers on a connection that is kept",
    handle(_req, res, { attempt }) {
      res.removeAllListeners();
      attempt("end", () => void res.end("body"));
    },
    async client(client) {
      client.send({ headers: [] });
      await client.until(/body/);
      await client.leave();
    },
    counted: [complete(200)],
  },
  {
    name: "an app that removes the socket's listeners for close, and answers",
    handle(req, res) {
      for (const listener of req.socket.listeners("close"))
        if (!/socketOnClose|onServerResponseClose|onSocketClose/i.test(listener.name))
          req.socket.off("close", listener as never);
      res.end("body");
    },
    on: ({ http, wire }) => http === 1 && wire,
  },
  {
    name: "an app that detaches the socket, and answers by itself",
    handle(req, res, { note, attempt }) {
      const { socket } = req;
      attempt("detach", () => void res.detachSocket(socket));
      note(`socket ${res.socket}`);
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nbody");
    },
    on: ({ http, wire, rewrites }) => http === 1 && wire && !rewrites,
    counted: [complete(200)],
  },
  {
    name: "an app that detaches the socket, and whose client leaves",
    handle(req, res, { mark }) {
      res.detachSocket(req.socket);
      mark("begun");
    },
    async client(client) {
      client.send({});
      await client.mark("begun");
      client.socket.destroy();
    },
    on: ({ http, wire }) => http === 1 && wire,
    counted: [left],
  },
  {
    name: "an app that detaches the socket, and assigns it again",
    handle(req, res, { attempt }) {
      const { socket } = req;
      attempt("detach", () => void res.detachSocket(socket));
      attempt("assign", () => void res.assignSocket(socket));
      attempt("assign again", () => void res.assignSocket(socket));
      res.end("body");
    },
    on: ({ http, wire }) => http === 1 && wire,
  },
  {
    name: "as many listeners as Node lets be without a warning",
    handle(req, res) {
      for (const [emitter, event] of [
        [res, "close"],
        [res, "finish"],
        [req, "close"],
        [req, "end"],
      ] as const) {
        const room = 10 - (seenBare[event] ?? 0);
        for (let index = 0; index < room; index += 1) emitter.on(event, () => {});
      }
      res.end("body");
    },
  },
  {
    name: "what an app counts of listeners",
    handle(req, res, { note }) {
      for (const event of ["close", "finish", "error", "prefinish", "end", "data"])
        note(
          `${event}: req ${req.listenerCount(event)}, res ${res.listenerCount(event)}, socket ${req.socket.listenerCount(event)}`,
        );
      res.end("body");
    },
    on: ({ http, wire }) => http === 1 && wire,
  },
  {
    name: "a connection's listeners after many requests on it",
    handle(req, res, { note, index }) {
      const { socket } = req;
      res.end(`body ${index}`);
      if (index === 11)
        note(
          `close ${socket.listenerCount("close")}, error ${socket.listenerCount("error")}, end ${socket.listenerCount("end")}`,
        );
    },
    async client(client) {
      for (let index = 0; index < 12; index += 1) {
        client.send({ headers: [] });
        await client.until(new RegExp(`body ${index}`));
      }
    },
    on: ({ stops }) => !stops,
  },
];

/** Node's own listeners on a bare pair. */
const seenBare: Readonly<Record<string, number>> = { finish: 1, close: 1 };
