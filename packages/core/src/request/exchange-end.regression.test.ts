import { once } from "node:events";
import { createServer, type IncomingMessage, ServerResponse } from "node:http";
import { connect, constants, createServer as createHttp2Server, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { aiwatchNode, type RequestListener } from "../doors/node.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";

const door = (listener: RequestListener) => (aiwatch: Aiwatch) => aiwatchNode(listener, aiwatch);
const serve = (listener: RequestListener) => serveWith((aiwatch) => createServer(door(listener)(aiwatch)));
const whole = { status: 200, aborted: false };
const left = { status: 499, aborted: true };
const cut = (status: number) => ({ status, aborted: false, failure: { type: "stream_failed" } });

describe("an exchange over HTTP/1", () => {
  it.each<[string, RequestListener]>([
    ["its response's listeners of close", (_req, res) => res.removeAllListeners("close")],
    ["all listeners of its response", (_req, res) => res.removeAllListeners()],
    ["all listeners of its request", (req) => req.removeAllListeners()],
    ["its connection's listeners of close", (req) => req.socket.removeAllListeners("close")],
  ])("ends once whose app removes %s", async (_, remove) => {
    const app = await serve((req, res) => {
      remove(req, res);
      res.end("whole");
    });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/"));
    await client.answers(/whole/);
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([whole]);
  });

  it("ends with its connection where the app takes that away and answers by it", async () => {
    const app = await serve((req, res) => {
      res.detachSocket(req.socket);
      req.socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
    });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/", ["connection: upgrade", "upgrade: chat"]));
    await client.answers(/101/);
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([{ status: 101, aborted: false }]);
  });

  it("is left by a client that takes no more of an answer that was given to its end", async () => {
    let answered = () => {};
    const given = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const app = await serve((_req, res) => {
      res.end(Buffer.alloc(30_000_000));
      answered();
    });
    const client = await rawClient(app.port);
    client.socket.pause();
    client.socket.write(requestText("/"));
    await given;
    client.socket.resetAndDestroy();
    expect(await app.settled(1)).toMatchObject([left]);
  });

  const big = Buffer.alloc(30_000_000);

  it.each<[string, RequestListener]>([
    ["its response, given to its end and unread", (_req, res) => res.end(big) && setTimeout(() => res.destroy(), 50)],
    [
      "its connection, its answer given and unread",
      (req, res) => res.end(big) && setTimeout(() => req.socket.destroy(), 50),
    ],
    [
      "its connection by a timeout, its answer unread",
      (req, res) => req.socket.setTimeout(50, () => req.socket.destroy()) && res.end(big),
    ],
    ["its response, and ends it then", (_req, res) => res.write("first") && res.destroy().end()],
  ])("is broken off by a server that destroys %s", async (_, destroy) => {
    const app = await serve((req, res) => void destroy(req, res));
    const client = await rawClient(app.port);
    client.socket.pause();
    client.socket.write(requestText("/"));
    expect(await app.settled(1)).toMatchObject([cut(200)]);
  });

  it("is left by a client that sends rubbish before it has read its answer", async () => {
    const app = await serve((_req, res) => res.end(big));
    const client = await rawClient(app.port);
    client.socket.pause();
    client.socket.write(requestText("/"));
    await once(app.server, "request");
    client.socket.write("not HTTP at all\r\n\r\n");
    expect(await app.settled(1)).toMatchObject([left]);
  });

  it("ends whose client left while it waited for the door, behind another on its connection", async () => {
    let waiting = 0;
    const late: RequestListener = () => {};
    const app = await serveWith((aiwatch) => {
      const behind = door(late)(aiwatch);
      return createServer((req, res) => {
        waiting += 1;
        req.socket.once("close", () => setTimeout(() => behind(req, res), 5));
        if (waiting === 2) req.socket.destroy();
      });
    });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/").repeat(2));
    await app.settled(2);
  });

  it.each<[string, RequestListener]>([
    ["its request's connection", ({ socket }) => void socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n")],
    [
      "a response of its own without one",
      ({ socket }) => void socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    ],
  ])("is an upgrade where the app answers by %s", async (what, upgrade) => {
    const app = await serveWith((aiwatch) => {
      const observed = door(upgrade)(aiwatch);
      const server = createServer(observed);
      // as express-ws does
      if (what.startsWith("a response")) {
        server.on("upgrade", (req, socket) => {
          socket.resume().once("end", () => socket.end());
          observed(req, new ServerResponse(req));
        });
      }
      return server;
    });
    const client = await rawClient(app.port);
    client.socket.write(requestText("/", ["connection: upgrade", "upgrade: chat"]));
    await client.answers(/101/);
    client.socket.end();
    expect(await app.settled(1)).toMatchObject([{ status: 101, aborted: false }]);
  });

  it("is left by a client whose app answers into the void", async () => {
    const app = await serve((_req, res) => void res.on("close", () => res.end("late")));
    const client = await rawClient(app.port);
    client.socket.write(requestText("/"));
    await once(app.server, "request");
    client.socket.destroy();
    expect(await app.settled(1)).toMatchObject([left]);
  });

  it("has the status that was sent, whatever the app sets afterwards", async () => {
    const app = await serve((_req, res) => {
      res.writeHead(201);
      res.statusCode = 500;
      res.end("made");
    });
    expect((await fetch(app.url)).status).toBe(201);
    expect(await app.settled(1)).toMatchObject([{ status: 201, aborted: false }]);
  });

  it("is complete on a connection that closes for what its client sent next", async () => {
    const app = await serve((_req, res) => res.end("whole"));
    const client = await rawClient(app.port);
    client.socket.write(`${requestText("/", ["connection: close"])}not HTTP at all`);
    await client.answers(/whole/);
    expect(await app.settled(1)).toMatchObject([whole]);
  });
});

/** What Lambda's adapters put in the place of a connection. */
const plainSocket = () => ({
  _writableState: {},
  writable: true,
  on() {},
  removeListener() {},
  destroy() {},
  cork() {},
  uncork() {},
  write: (_data: unknown, _encoding: unknown, done?: () => void) => done?.() ?? true,
});

describe("a response without a connection", () => {
  /** As adapters make them: `finish` is all that they say, or `close` comes right after it. */
  function exchange(close: boolean) {
    const test = createTestAiwatch();
    const req = { method: "GET", url: "/", headers: {}, httpVersion: "1.1", socket: {} } as unknown as IncomingMessage;
    const res = new ServerResponse(req);
    res.assignSocket(plainSocket() as never);
    if (close) res.once("finish", () => setImmediate(() => res.emit("close")));
    const finished = once(res, "finish");
    door((_req, answer) => void answer.end("whole"))(test.aiwatch)(req, res);
    return { ...test, finished };
  }

  it.each([true, false])("is complete at its finish, which a close follows: %s", async (close) => {
    const { finished, requests, sample } = exchange(close);
    await finished;
    for (let turns = 0; turns < 3; turns += 1) await turn();
    expect(await sample("genai_app_active_requests")).toBe(0);
    expect(requests).toMatchObject([whole]);
  });
});

it("a response that was made by hand, of a request without a connection, ends where it is closed", async () => {
  const test = createTestAiwatch();
  const req = { method: "GET", url: "/", headers: {}, httpVersion: "1.1" } as unknown as IncomingMessage;
  const res = new ServerResponse(req);
  door(() => {})(test.aiwatch)(req, res);
  res.emit("close");
  for (let turns = 0; turns < 3; turns += 1) await turn();
  expect(test.requests).toMatchObject([cut(500)]);
  expect(test.diagnostics).toEqual([]);
});

describe("an exchange over HTTP/2", () => {
  type Handle = (res: Http2ServerResponse) => void;

  async function exchange(handle: Handle, use: (stream: ReturnType<ReturnType<typeof connect>["request"]>) => void) {
    const test = createTestAiwatch();
    const server = createHttp2Server(
      door((_req, res) => handle(res as unknown as Http2ServerResponse))(test.aiwatch) as never,
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    onTestFinished(() => {
      session.destroy();
      server.close();
    });
    const stream = session.request({ ":path": "/" });
    stream.on("error", () => {});
    use(stream);
    await once(server, "request");
    await expect.poll(() => test.requests.length).toBe(1);
    expect(await test.sample("genai_app_active_requests")).toBe(0);
    return test.requests;
  }

  const read = (stream: { resume(): unknown }) => void stream.resume();
  const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;
  const codes = [NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR];

  it("is complete when it was given to its end", async () => {
    expect(await exchange((res) => void res.end("whole"), read)).toMatchObject([whole]);
  });

  it("has the status that went out by the stream itself", async () => {
    const respond: Handle = ({ stream }) => stream.respond({ ":status": 204 }, { endStream: true });
    expect(await exchange(respond, read)).toMatchObject([{ status: 204 }]);
  });

  it.each(codes)("is left by a client that resets it with %i", async (code) => {
    const records = await exchange(
      (res) => void res.write("first"),
      (stream) => void stream.once("data", () => stream.close(code)),
    );
    expect(records).toMatchObject([left]);
  });

  it("is left by a client whose connection goes", async () => {
    const records = await exchange(
      (res) => void res.write("first"),
      (stream) => void stream.once("data", () => stream.session?.destroy()),
    );
    expect(records).toMatchObject([left]);
  });

  it.each(codes)("is broken off by a server that resets it unanswered with %i", async (code) => {
    expect(await exchange(({ stream }) => void stream.close(code), read)).toMatchObject([cut(500)]);
  });

  it.each<[string, Handle]>([
    ["its response", (res) => (res as unknown as ServerResponse).destroy()],
    ["its stream", ({ stream }) => stream.destroy()],
    ["its stream, with an error", ({ stream }) => stream.destroy(new Error("no more"))],
    ["its session", ({ stream }) => stream.session?.destroy()],
  ])("is broken off by a server that destroys %s in mid-answer", async (_, destroy) => {
    const records = await exchange((res) => {
      res.stream.on("error", () => {});
      res.write("first", () => setImmediate(destroy, res));
    }, read);
    expect(records).toMatchObject([cut(200)]);
  });

  it.each(codes)("is left by a client that resets with %i what it has not read of a whole answer", async (code) => {
    const records = await exchange(
      (res) => void res.end(Buffer.alloc(8_000_000)),
      (stream) => void stream.once("response", () => stream.close(code)),
    );
    expect(records).toMatchObject([left]);
  });

  it("ends once whose app removes all listeners of its stream", async () => {
    const handle: Handle = (res) => {
      res.stream.removeAllListeners("close");
      res.end("whole");
    };
    expect(await exchange(handle, read)).toMatchObject([whole]);
  });
});
