import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serve } from "./served-app.ts";
import type { RawAnswer, TestRoute } from "./test-route.ts";

const left = { status: 499, aborted: true };
const cut = { aborted: false, failure: { type: "stream_failed" } };

/** A route whose handler the test waits for. */
function awaited(path: string, raw: RawAnswer): { route: TestRoute; reached: Promise<ServerResponse> } {
  let reach: (res: ServerResponse) => void;
  const reached = new Promise<ServerResponse>((resolve) => {
    reach = resolve;
  });
  const route: TestRoute = {
    path,
    raw: (req, res) => {
      raw(req, res);
      reach(res);
    },
  };
  return { route, reached };
}

/** Requests that somebody breaks off. */
export const brokenOff: readonly Behaviour[] = [
  {
    name: "streams to the end, whatever the number of pieces",
    async test(door) {
      const stream: TestRoute = {
        path: "/stream",
        async raw(_req, res) {
          for (const piece of ["one", "two", "three"]) {
            res.write(piece);
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
          res.end();
        },
      };
      const app = await serve(door, [stream]);
      expect(await (await fetch(`${app.url}/stream`)).text()).toBe("onetwothree");
      expect(await app.settled(1)).toMatchObject([{ route: "/stream", status: 200, aborted: false }]);
    },
  },
  {
    name: "is active from its arrival to its end",
    async test(door) {
      const { route, reached } = awaited("/wait", () => {});
      const app = await serve(door, [route]);
      const response = fetch(`${app.url}/wait`);
      const res = await reached;
      expect(await app.sample("genai_app_active_requests")).toBe(1);
      res.end("now");
      await (await response).text();
      await app.settled(1);
    },
  },
  {
    name: "takes a client that leaves before any answer for no error",
    async test(door) {
      const { route, reached } = awaited("/wait", () => {});
      const app = await serve(door, [route]);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/wait"));
      await reached;
      client.socket.destroy();
      expect(await app.settled(1)).toMatchObject([{ ...left, route: "/wait" }]);
      expect(app.spans()).toMatchObject([{ status: { code: 0 } }]);
    },
  },
  {
    name: "takes a client that leaves in mid-answer for no error",
    async test(door) {
      const { route, reached } = awaited("/stream", (_req, res) => res.write("first"));
      const app = await serve(door, [route]);
      const abort = new AbortController();
      const response = await fetch(`${app.url}/stream`, { signal: abort.signal });
      await response.body!.getReader().read();
      await reached;
      abort.abort();
      expect(await app.settled(1)).toMatchObject([left]);
    },
  },
  {
    name: "takes a client that leaves in the middle of its own body for no error",
    async test(door) {
      const echo: TestRoute = { path: "/echo", method: "post", parsed: ({ text }) => text };
      const app = await serve(door, [echo]);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/echo", ["content-type: application/json", "content-length: 100"], "POST", "{"));
      await once(app.server, "request");
      client.socket.destroy();
      const [record] = await app.settled(1);
      // a body parser may have answered what nobody reads
      expect(record).toMatchObject({ route: "/echo", aborted: true, status: 499 });
    },
  },
  {
    name: "takes clients that leave their pipelined requests for no error, each of them",
    async test(door) {
      let waiting = 0;
      const wait: TestRoute = {
        path: "/wait",
        raw: () => {
          waiting += 1;
          if (waiting === 10) client.socket.destroy();
        },
      };
      const app = await serve(door, [wait]);
      const client = await rawClient(app.port);
      client.socket.write(requestText("/wait").repeat(10));
      expect(await app.settled(10)).toMatchObject(new Array(10).fill(left));
    },
  },
  {
    name: "counts an error that is thrown after a part of the answer was sent",
    async test(door) {
      const app = await serve(door, [{ path: "/broken", fails: "afterHeaders" }]);
      await expect(fetch(`${app.url}/broken`).then((response) => response.text())).rejects.toThrow();
      expect(await app.settled(1)).toMatchObject([{ ...cut, status: 200, route: "/broken" }]);
      expect(app.spans()).toMatchObject([{ status: { code: 2 }, attributes: { "error.type": "stream_failed" } }]);
    },
  },
  ...(
    [
      ["the response", (_req, res) => res.destroy()],
      [
        "the response, with an error",
        (_req, res) => res.destroy(Object.assign(new Error("x"), { code: "ECONNRESET" })),
      ],
      ["the request, with an error", (req) => req.destroy(new Error("no more"))],
      ["the socket", (req) => req.socket.destroy()],
      ["the socket, with an error", (req) => req.socket.destroy(new Error("no more"))],
      ["the socket, by a reset", (req) => req.socket.resetAndDestroy()],
    ] satisfies [string, RawAnswer][]
  ).flatMap(([what, destroy]) =>
    [false, true].map(
      (begun): Behaviour => ({
        name: `counts a server that destroys ${what}, ${begun ? "in mid-answer" : "before any answer"}`,
        async test(door) {
          const { route } = awaited("/cut", (req, res) => {
            res.on("error", () => {});
            req.on("error", () => {});
            if (begun) res.write("first", () => destroy(req, res));
            else destroy(req, res);
          });
          const app = await serve(door, [route]);
          const client = await rawClient(app.port);
          client.socket.write(requestText("/cut"));
          await client.closed;
          expect(await app.settled(1)).toMatchObject([{ ...cut, status: begun ? 200 : 500 }]);
        },
      }),
    ),
  ),
  {
    name: "waits for a client that reads slowly",
    async test(door) {
      const big = Buffer.alloc(8_000_000, "x");
      const { route, reached } = awaited("/big", (_req, res) => res.end(big));
      const app = await serve(door, [route]);
      const client = await rawClient(app.port);
      client.socket.pause();
      client.socket.write(requestText("/big", ["connection: close"]));
      await reached;
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(app.requests).toEqual([]);
      expect(await app.sample("genai_app_active_requests")).toBe(1);
      client.socket.resume();
      await client.closed;
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ status: 200, aborted: false });
      expect(record?.durationMs).toBeGreaterThanOrEqual(19);
    },
  },
  {
    name: "lets a connection be upgraded, and counts it where it is answered as a request",
    async test(door) {
      const app = await serve(door, [{ path: "/socket", text: "plain" }]);
      const upgrade = requestText("/socket", ["connection: upgrade", "upgrade: websocket"]);
      const plain = await rawClient(app.port);
      plain.socket.write(upgrade);
      await plain.answers(/HTTP\/1.1 200/);
      await app.settled(1);
      app.server.on("upgrade", (_req, socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
      const upgraded = await rawClient(app.port);
      upgraded.socket.write(upgrade);
      await upgraded.answers(/HTTP\/1.1 101/);
      await upgraded.closed;
      await app.settled(1);
    },
  },
];
