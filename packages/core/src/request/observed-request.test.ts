import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { expect, it, onTestFinished, vi } from "vitest";
import { aiwatchExpress } from "../doors/express.ts";
import { aiwatchNode } from "../doors/node.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { currentRequest, requestScopes } from "./scope.ts";

it("notifies an observer of all requests of a turn, and lets it flush once", async () => {
  const told: string[] = [];
  const observers = [
    {
      name: "lines",
      requestEnded: ({ path }: { readonly path: string }) => told.push(path),
      inferenceEnded: () => told.push("inference"),
      flush: () => told.push("flush"),
    },
  ];
  const waiting: ServerResponse[] = [];
  const app = await serveWith(
    (aiwatch) =>
      createServer(
        aiwatchNode((_req, res) => {
          if (waiting.push(res) === 2) for (const each of waiting) each.end();
        }, aiwatch),
      ),
    { observers },
  );
  await Promise.all([fetch(`${app.url}/a`), fetch(`${app.url}/b`)]);
  await app.settled(2);
  await turn();
  expect(told.toSorted()).toEqual(["/a", "/b", "flush"]);
  expect(told.at(-1)).toBe("flush");
  app.aiwatch.startInference({ model: "m" }).end({ unified: "stop" });
  expect(told.slice(3)).toEqual(["inference", "flush"]);
});

it("reports a flush that throws, and gives the other observers theirs", async () => {
  let flushed = 0;
  const observers = [
    {
      name: "broken",
      flush() {
        throw new Error("no");
      },
    },
    {
      name: "well",
      flush() {
        flushed += 1;
      },
    },
  ];
  const app = await serveWith((aiwatch) => createServer(aiwatchNode((_req, res) => res.end(), aiwatch)), { observers });
  await fetch(app.url);
  await app.settled(1);
  await turn();
  expect(flushed).toBe(1);
  expect(app.diagnostics.map(({ what }) => what)).toEqual(['flush of observer "broken"']);
});

/** Enters the request's scope by a middleware, which is left again before the answer is written. */
it("keeps the scope of a producer that goes on after back-pressure, where it was entered by a middleware", async () => {
  const inside: boolean[] = [];
  const outer = new AsyncLocalStorage<string>();
  const app = await serveWith((aiwatch) => {
    const door = aiwatchExpress(aiwatch);
    return createServer((req, res) => {
      door(req, res, () => {});
      outer.run("outside", () => writeMuch(res, () => inside.push(currentRequest() !== undefined)));
    });
  });
  const answer = await fetch(app.url);
  for await (const _ of answer.body ?? []) await turn();
  expect(await app.settled(1)).toMatchObject([{ status: 200 }]);
  expect(inside.length).toBeGreaterThan(3);
  expect(inside.every((is) => is)).toBe(true);
});

/** Writes more than a socket takes, in pieces, each at the `drain` after the one before. */
function writeMuch(res: ServerResponse, look: () => void): void {
  let pieces = 8;
  res.on("drain", () => {
    look();
    write();
  });
  const write = () => {
    pieces -= 1;
    if (pieces < 0) res.end();
    else res.write(Buffer.alloc(1 << 20));
  };
  write();
}

it("keeps the scope of what is listened to on a response of HTTP/2, too, and ends once", async () => {
  const inside: string[] = [];
  const test = createTestAiwatch();
  const server = createHttp2Server(
    aiwatchNode((_req, res) => {
      for (const event of ["finish", "close"]) res.on(event, () => currentRequest() && inside.push(event));
      res.end("whole");
    }, test.aiwatch) as never,
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
    server.close();
  });
  const stream = session.request();
  await once(stream.resume(), "close");
  while (inside.length < 2 || test.requests.length === 0) await turn();
  await turn();
  expect(inside).toEqual(["finish", "close"]);
  expect(test.requests).toMatchObject([{ status: 200, aborted: false }]);
});

it("is one request with its inferences inside, where an answer of server-sent events carries a chat", async () => {
  const app = await serveWith((aiwatch) =>
    createServer(
      aiwatchNode(async (_req, res) => {
        res.writeHead(200, { "content-type": "text/event-stream" });
        for (const text of ["one", "two"]) {
          const inference = aiwatch.startInference({ model: "m" });
          inference.token();
          await sleep(2);
          res.write(`data: ${text}\n\n`);
          inference.end({ unified: "stop" });
        }
        res.end();
      }, aiwatch),
    ),
  );
  const answer = await fetch(app.url);
  expect(await answer.text()).toBe("data: one\n\ndata: two\n\n");
  const [request] = await app.settled(1);
  expect(request).toMatchObject({ status: 200, chat: true });
  expect(app.inferences.map(({ requestId }) => requestId)).toEqual([request?.requestId, request?.requestId]);
});

it("is one request with its inferences inside, where a WebSocket carries a chat", async () => {
  const app = await serveWith((aiwatch) => {
    const chat = aiwatchNode(async ({ socket }: IncomingMessage) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
      for await (const piece of socket) {
        const inference = aiwatch.startInference({ model: "m" });
        inference.token();
        await sleep(2);
        inference.end({ unified: "stop" });
        socket.end(`answer to ${piece}`);
      }
    }, aiwatch);
    return createServer(chat);
  });
  const client = await rawClient(app.port);
  client.socket.write(requestText("/", ["connection: upgrade", "upgrade: websocket"]));
  await client.answers(/101 Switching/);
  client.socket.write("hello");
  await client.answers(/answer to hello/);
  await client.closed;
  const [request] = await app.settled(1);
  expect(request).toMatchObject({ status: 101, chat: true, aborted: false });
  expect(app.inferences.map(({ requestId }) => requestId)).toEqual([request?.requestId]);
});

it("is entered again for the app's listeners, and not for the one by which Node waits for the end of the request", async () => {
  // by the one or the other, as the release of Node has its contexts
  const ways = [vi.spyOn(requestScopes(), "enterWith"), vi.spyOn(requestScopes(), "run")];
  const entered = () => ways.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  const ids: (string | undefined)[] = [];
  const listen = (req: IncomingMessage) => req.on("end", () => ids.push(currentRequest()?.requestId));
  const app = await serveWith((aiwatch) =>
    createServer(
      aiwatchNode((req, res) => {
        if (req.url === "/listens") listen(req);
        res.end();
      }, aiwatch),
    ),
  );
  try {
    await fetch(`${app.url}/at-once`);
    await app.settled(1);
    await turn();
    expect(entered()).toBe(1);
    const headers = { "x-request-id": "listens" };
    await fetch(`${app.url}/listens`, { headers });
    await app.settled(2);
    await turn();
    expect(entered()).toBe(3);
  } finally {
    for (const way of ways) way.mockRestore();
  }
  expect(ids).toEqual(["listens"]);
});
