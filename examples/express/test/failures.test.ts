import { createAiwatch } from "@aiwatch/core";
import { type TestServer, testServer } from "@aiwatch/testkit";
import { keepRecentTraces } from "@aiwatch/tracing";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp } from "../src/app.js";
import { Chats } from "../src/chats.js";
import { postChat, stream } from "./support/chat.ts";
import { scrape } from "./support/metrics.ts";

const secret = "canary-2ab8";
let server: TestServer;
let lines: string[];
let chats: Chats;

beforeEach(async () => {
  lines = [];
  const aiwatch = createAiwatch({ registry: new Registry() });
  chats = new Chats(aiwatch);
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  server = await testServer(createApp({ aiwatch, chats, traces: keepRecentTraces(), logger }));
});
afterEach(() => server.close());

/** A model whose only speaker says something, or nothing, and then fails. */
function openWith(answer: (onText: (text: string) => void) => Promise<void>) {
  const speaker = { answer: vi.fn((_request, _signal, onText) => answer(onText)) };
  chats.open({ speakers: [speaker], checkLength: () => {}, isReady: () => true });
  return speaker;
}

test("a failure before the first word is a 500 that tells nothing of its cause", async () => {
  const speaker = openWith(() => Promise.reject(new TypeError(`cannot say\n    at ${secret} (file:1:1)`)));
  const response = await postChat(server.url, { message: secret });
  expect([response.status, await response.json()]).toEqual([
    500,
    { error: "the answer failed; the server's log says more" },
  ]);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 50,
      errorType: "TypeError",
      stack: expect.stringMatching(/^ +at .*failures\.test/),
    }),
  ]);
  expect(lines.join()).not.toContain(secret);

  speaker.answer.mockImplementationOnce(async (_request, _signal, onText) => onText("again"));
  expect(await stream(server.url, { message: "hi" }).text).toBe("again");
});

test("a failure in mid-answer breaks the connection, and counts", async () => {
  const { promise: seen, resolve: see } = Promise.withResolvers<void>();
  openWith(async (onText) => {
    onText("so far");
    await seen;
    throw new Error(secret);
  });
  const answer = stream(server.url, { message: "hi" });
  expect((await answer.begun).status).toBe(200);
  see();
  await expect(answer.text).rejects.toThrow();
  const metrics = await scrape(server.url);
  expect(metrics.value("genai_app_errors_total", { type: "stream_failed", operation: "http" })).toBe(1);
  expect(metrics.value("genai_app_active_requests")).toBe(0);
  expect(answer.pieces).toEqual(["so far"]);
  expect(lines.join()).not.toContain(secret);
});

test("an answer of no words is an empty answer", async () => {
  openWith(() => Promise.resolve());
  const response = await postChat(server.url, { message: "hi" });
  expect([response.status, await response.text()]).toEqual([200, ""]);
});

test("once it closes, chats are refused and readiness falls", async () => {
  openWith(() => Promise.resolve());
  await chats.close();
  expect(await chats.isReady()).toBe(false);
  const response = await postChat(server.url, { message: "hi" });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
});

test("closing takes as long as the chats that go on and those that wait, however they end", async () => {
  const { promise: failing, reject: fail } = Promise.withResolvers<void>();
  const { promise: speaking, resolve: end } = Promise.withResolvers<void>();
  const speaker = openWith(() => speaking);
  speaker.answer.mockImplementationOnce((_request, _signal, onText) => {
    onText("so far");
    return failing;
  });
  const first = stream(server.url, { message: "first" });
  await first.begun;
  const second = postChat(server.url, { message: "second" });
  await vi.waitUntil(async () => (await scrape(server.url)).value("genai_app_active_requests") === 2, 20_000);

  const closed = vi.fn();
  const closing = chats.close().then(closed);
  fail(new Error(secret));
  await vi.waitUntil(() => speaker.answer.mock.calls.length === 2, 20_000);
  expect(closed).not.toHaveBeenCalled();
  end();
  await closing;
  expect((await second).status).toBe(200);
});
