import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExchangeCase } from "../exchange-case.ts";
import { broken, complete } from "../expected-counts.ts";

type Answer = (req: IncomingMessage, res: ServerResponse) => unknown;
type HandOn = (answer: IncomingMessage, res: ServerResponse) => unknown;

const upstreams: Readonly<Record<string, Answer>> = {
  "two cookies": (_req, res) =>
    res.writeHead(200, ["Content-Length", "4", "Set-Cookie", "a", "Set-Cookie", "b"]).end("body"),
  "a chunked body": (_req, res) => {
    res.writeHead(200, { "X-Up": ["1", "2"], "Set-Cookie": ["a", "b"] });
    res.write("one ");
    res.end("two");
  },
  "an error": (_req, res) =>
    res.writeHead(502, "Worse", ["Set-Cookie", "a", "Set-Cookie", "b", "X-Request-Id", "up"]).end("body"),
  "nothing new": (_req, res) => res.writeHead(304, ["ETag", '"1"', "Set-Cookie", "a", "Set-Cookie", "b"]).end(),
};

const ways: Readonly<Record<string, HandOn>> = {
  rawHeaders: (answer, res) => res.writeHead(answer.statusCode ?? 0, answer.rawHeaders),
  "a message and rawHeaders": (answer, res) =>
    res.writeHead(answer.statusCode ?? 0, answer.statusMessage, answer.rawHeaders),
  headers: (answer, res) => res.writeHead(answer.statusCode ?? 0, answer.headers),
  headersDistinct: (answer, res) => res.writeHead(answer.statusCode ?? 0, answer.headersDistinct as never),
  "setHeader for each": (answer, res) => {
    res.statusCode = answer.statusCode ?? 0;
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) res.setHeader(name, value);
  },
  "appendHeader for each": (answer, res) => {
    const raw = answer.rawHeaders;
    res.statusCode = answer.statusCode ?? 0;
    for (let index = 0; index < raw.length; index += 2) res.appendHeader(raw[index] ?? "", raw[index + 1] ?? "");
  },
};

/** Asks a server of its own, and closes it when it was answered. */
function fromUpstream(answer: Answer, hand: (answered: IncomingMessage) => void, failed: (error: Error) => void): void {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    const asked = request({ port, host: "127.0.0.1", agent: false }, (answered) => {
      answered.on("close", () => server.close());
      hand(answered);
    });
    asked.on("error", (error) => {
      server.close();
      failed(error);
    });
    asked.end();
  });
}

const http1 = ({ http }: { readonly http: 1 | 2 }) => http === 1;

/** The app hands another server's answer on. */
export const proxyCases: readonly ExchangeCase[] = [
  ...Object.entries(upstreams).flatMap(([what, upstream]) =>
    Object.entries(ways).map(
      ([way, handOn]): ExchangeCase => ({
        name: `a proxy of ${what}, by ${way}`,
        handle(_req, res, { note }) {
          const hand = (answered: IncomingMessage) => {
            handOn(answered, res);
            answered.pipe(res);
          };
          fromUpstream(upstream, hand, (error) => note(`failed ${error.message}`));
        },
        on: http1,
      }),
    ),
  ),
  {
    name: "a proxy whose upstream breaks off",
    handle(_req, res, { note }) {
      const upstream: Answer = (_asked, answer) => {
        answer.writeHead(200, ["Content-Length", "10", "Set-Cookie", "a", "Set-Cookie", "b"]);
        answer.write("first", () => answer.destroy());
      };
      const hand = (answered: IncomingMessage) => {
        res.writeHead(200, answered.rawHeaders);
        answered.on("error", ({ message }) => {
          note(`upstream ${message}`);
          res.destroy();
        });
        answered.pipe(res);
      };
      fromUpstream(upstream, hand, () => {});
    },
    on: ({ http, rewrites }) => http === 1 && !rewrites,
    counted: [broken(200)],
  },
  {
    name: "a proxy that cannot reach its upstream",
    handle(_req, res) {
      const upstream: Answer = (_asked, answer) => answer.destroy();
      fromUpstream(
        upstream,
        () => {},
        () => res.writeHead(502, ["content-type", "text/plain"]).end("body"),
      );
    },
    on: http1,
    counted: [complete(502)],
  },
];
