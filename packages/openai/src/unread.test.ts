import { once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Clock, monotonicClock } from "@aiwatch/core";
import { createTestAiwatch, fakeClock } from "@aiwatch/core/testing";
import { afterEach, expect, test, vi } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { eventsOf } from "./test-support/endings/rows.ts";
import { type ModelServer, modelServer, type Script } from "./test-support/model-server.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

let server: ModelServer | undefined;
afterEach(async () => server?.close());

const events = eventsOf("llama-server/chat-stream");

async function setUp(script: Script, idleMs?: number, clock: Clock = monotonicClock) {
  server = await modelServer(script);
  const seen = createTestAiwatch({ clock });
  const observed = observeFetch(fetch, { aiwatch: seen.aiwatch, idleMs });
  const init = { method: "POST", body: JSON.stringify({ model: "tiny", stream: true }) };
  const { url } = server;
  return { ...seen, call: () => observed(`${url}/v1/chat/completions`, init) };
}

const begins: Script = (response) => {
  response.writeHead(200, { "content-type": "text/event-stream", server: "llama.cpp" });
  for (const event of events.slice(0, 3)) response.write(event);
};

/** Collects garbage until an inference has ended. */
async function collectUntilEnded(inferences: readonly unknown[]): Promise<void> {
  await vi.waitFor(async () => {
    collect();
    await setImmediate();
    expect(inferences).toHaveLength(1);
  }, 20_000);
}

test("a response that nobody read ends when it is collected", async () => {
  const { call, inferences } = await setUp(begins);
  await (async () => {
    const response = await call();
    expect(response.status).toBe(200);
  })();
  await collectUntilEnded(inferences);
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted", raw: "dropped" } }]);
  expect(inferences[0]?.outputTokens).toBeUndefined();
});

test("a body that was begun and dropped ends when it is collected", async () => {
  const { call, inferences } = await setUp(begins);
  await (async () => {
    const reader = (await call()).body?.getReader();
    for (let text = ""; !text.includes("Let"); ) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  })();
  await collectUntilEnded(inferences);
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted", raw: "dropped" } }]);
  expect(inferences[0]?.outputTokens).toBeGreaterThan(0);
});

test("a body that is held and not read on ends after a while, and can be read all the same", async () => {
  let finish = () => {};
  const { call, inferences } = await setUp((response, ...given) => {
    begins(response, ...given);
    finish = () => void response.end(events.slice(3).join(""));
  }, 50);
  const response = await call();
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await vi.waitFor(() => expect(inferences).toHaveLength(1), 10_000);
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted", raw: "idle" } }]);
  finish();
  let text = Buffer.from(first?.value ?? []).toString();
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { done: true };
    if (done) break;
    text += Buffer.from(value ?? []).toString();
  }
  expect(text).toBe(events.join(""));
  expect(inferences).toHaveLength(1);
});

test("an app that reads slowly, but reads, is not idle", async () => {
  const clock = fakeClock();
  const { call, inferences } = await setUp(begins, 50, clock);
  const reader = (await call()).body?.getReader();
  // the clock stands while the timer goes: each look finds that 30 ms went by
  for (let reads = 0; reads < 3; reads += 1) {
    await reader?.read();
    clock.advance(30);
    await setTimeout(120);
    expect(inferences).toEqual([]);
  }
  clock.advance(20);
  await vi.waitFor(() => expect(inferences).toHaveLength(1), 10_000);
  expect(inferences).toMatchObject([{ finishReason: { raw: "idle" } }]);
});

test("an app that waits for a slow server is not idle", async () => {
  const { call, inferences } = await setUp(async (response, ...given) => {
    begins(response, ...given);
    await setTimeout(200);
    response.end(events.slice(3).join(""));
  }, 50);
  await (await call()).text();
  expect(inferences).toMatchObject([{ finishReason: { unified: "length" }, outputTokens: 3 }]);
});

test("nothing is read before the app reads, and no more than it reads", async () => {
  let written = 0;
  const chunk = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "x".repeat(60_000) } }] })}\n\n`;
  const { call } = await setUp(async (response) => {
    const closed = once(response, "close");
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (; written < 2000 && !response.destroyed; written += 1) {
      if (!response.write(chunk)) await Promise.race([once(response, "drain"), closed]);
    }
  });
  const response = await call();
  const settled = async () => {
    for (let before = -1; before !== written; ) {
      before = written;
      await setTimeout(100);
    }
    return written;
  };
  const unread = await settled();
  // the sockets' buffers, and undici's
  expect(unread).toBeLessThan(200);
  const reader = response.body?.getReader();
  await reader?.read();
  expect((await settled()) - unread).toBeLessThan(20);
  await reader?.cancel();
});

test("a response that is held and never read ends after a while, and can be read all the same", async () => {
  const { call, inferences } = await setUp((response, ...given) => {
    begins(response, ...given);
    response.end(events.slice(3).join(""));
  }, 50);
  const response = await call();
  await vi.waitFor(() => expect(inferences).toHaveLength(1), 10_000);
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted", raw: "idle" } }]);
  expect(await response.text()).toBe(events.join(""));
});
