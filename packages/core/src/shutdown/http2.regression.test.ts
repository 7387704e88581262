import { once } from "node:events";
import { type ClientHttp2Session, connect, createServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { aiwatchNode, type RequestListener } from "../doors/node.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { handleSignals } from "./handle-signals.ts";

/** A signal that nobody else sends, emitted as Node would. */
const signal = "SIGUSR2";
const opened: { remove(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.remove();
});

async function served(timeoutMs: number) {
  const { aiwatch, requests } = createTestAiwatch();
  const streams: ServerHttp2Stream[] = [];
  const answer: RequestListener = (_req, res) => {
    res.write("first ");
    streams.push((res as unknown as { stream: ServerHttp2Stream }).stream);
  };
  const server = createServer(aiwatchNode(answer, aiwatch) as never).listen(0, "127.0.0.1");
  await once(server, "listening");
  const exited = new Promise<number>((exit) => {
    opened.push({ remove: handleSignals(aiwatch, { server, signals: [signal], timeoutMs, exit }) });
  });
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  opened.push({ remove: () => session.destroy() });
  return { session, streams, exited, requests };
}

/** Begins to read an answer, of which the first piece is there. */
async function ask(session: ClientHttp2Session) {
  const stream = session.request({ ":path": "/" }).setEncoding("utf8");
  let text = "";
  stream.on("data", (piece: string) => {
    text += piece;
  });
  await once(stream, "data");
  return { whole: once(stream, "end").then(() => text) };
}

it("lets the answers of an HTTP/2 connection end whole, and waits for no session that is idle", async () => {
  const { session, streams, exited } = await served(10_000);
  const { whole } = await ask(session);
  process.emit(signal, signal);
  await once(session, "goaway");
  streams[0]?.end("last");
  expect(await whole).toBe("first last");
  expect(await exited).toBe(0);
});

it("leaves a server whose app speaks by streams alone", () => {
  const { aiwatch } = createTestAiwatch();
  const server = createServer();
  const remove = handleSignals(aiwatch, { server, signals: [signal] });
  expect([server.listenerCount("request"), server.listenerCount("stream")]).toEqual([0, 0]);
  remove();
});

it("cuts what goes on over HTTP/2 after the timeout", async () => {
  const { session, exited, requests } = await served(50);
  const { whole } = await ask(session);
  process.emit(signal, signal);
  expect(await exited).toBe(128 + 12);
  await whole.catch(() => {});
  expect(session.closed).toBe(true);
  expect(requests).toMatchObject([{ status: 200, aborted: false, failure: { type: "stream_failed" } }]);
});
