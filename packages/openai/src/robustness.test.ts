import { gzipSync } from "node:zlib";
import { createTestAiwatch } from "@aiwatch/core/testing";
import fc from "fast-check";
import { expect, it, test } from "vitest";
import { Answer } from "./answers/answer.ts";
import { readChat } from "./answers/chat.ts";
import { Figures } from "./answers/figures.ts";
import { readOllama } from "./answers/ollama.ts";
import { readMessages, readResponses } from "./answers/typed-events.ts";
import { readEmbeddings } from "./answers/vectors.ts";
import { ObservedBody } from "./fetch/observed-body.ts";
import { scopeOf } from "./fetch/scope.ts";
import { observeFetch } from "./observe-fetch.ts";
import { apiAt } from "./request/apis.ts";
import { captured } from "./test-support/captured.ts";
import { modelServer, type Script } from "./test-support/model-server.ts";

const chatPath = "/v1/chat/completions";

/** Reads a body that comes in chunks, observed. @returns its text, what was recorded, and the faults */
async function readChunks(chunks: readonly Uint8Array[], hidesUsage = false) {
  const { aiwatch, inferences, diagnostics, sample } = createTestAiwatch();
  const { host } = scopeOf(aiwatch, {} as never);
  const api = apiAt(chatPath);
  if (api === undefined) throw new Error("no API");
  const answer = new Answer({
    host,
    inference: host.issueInference({ model: "tiny", kind: "client" }),
    api,
    status: 200,
    format: "events",
    provider: "llama.cpp",
    choices: 1,
    hasPrompts: false,
    signal: undefined,
    idleMs: 60_000,
    hidesUsage,
    served: () => ({}),
  });
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk.slice());
      controller.close();
    },
  });
  const text = await new Response(new ObservedBody(source, answer, host.diagnostics, hidesUsage).stream).text();
  return { text, inference: inferences[0], inferences, diagnostics, sample };
}

const cut = (all: Uint8Array, cuts: readonly number[]) => {
  const at = [...new Set(cuts.map((each) => each % (all.length + 1)))].sort((one, other) => one - other);
  return [0, ...at].map((from, index) => all.subarray(from, at[index])).filter(({ length }) => length > 0);
};

const counts = ["finishReason", "promptTokens", "cachedPromptTokens", "outputTokens", "undeliveredTokens"] as const;
const countsOf = (inference: object | undefined) => counts.map((name) => Reflect.get(Object(inference), name));

test.each(["chat-stream", "chat-stream-usage", "chat-stream-timings", "chat-stream-n2"])(
  "%s is read alike however it is cut",
  async (name) => {
    const body = captured(`llama-server/${name}`).body;
    const all = new Uint8Array(Buffer.from(body));
    const whole = await readChunks([all]);
    const byByte = await readChunks(Array.from(all, (byte) => Uint8Array.of(byte)));
    expect([whole.text, byByte.text]).toEqual([body, body]);
    expect(countsOf(byByte.inference)).toEqual(countsOf(whole.inference));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 8 }), async (cuts) => {
        const { text, inference, diagnostics } = await readChunks(cut(all, cuts));
        expect(text).toBe(body);
        expect(countsOf(inference)).toEqual(countsOf(whole.inference));
        expect(diagnostics).toEqual([]);
      }),
      { numRuns: 100 },
    );
  },
);

test("an event that the app did not ask for is left out however it is cut", async () => {
  const [asked, unasked] = ["chat-stream-usage", "chat-stream"].map((name) => captured(`llama-server/${name}`).body);
  const all = new Uint8Array(Buffer.from(asked ?? ""));
  const without = (asked ?? "").split(/(?<=\n\n)/).filter((event) => !event.includes('"usage"'));
  expect(without).toHaveLength((unasked ?? "").split(/(?<=\n\n)/).length);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 8 }), async (cuts) => {
      const { text, inference } = await readChunks(cut(all, cuts), true);
      expect(text).toBe(without.join(""));
      expect(inference).toMatchObject({ promptTokens: 10, outputTokens: 3, finishReason: { unified: "length" } });
    }),
    { numRuns: 100 },
  );
});

test("the beginning of an event that waits for its end reaches the app where the stream is cut", async () => {
  const body = `${captured("llama-server/chat-stream").body.slice(0, 300)}`;
  expect((await readChunks([new Uint8Array(Buffer.from(body))], true)).text).toBe(body);
});

const event = (value: unknown) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`;
const finish = event({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
const spoken = event({ choices: [{ index: 0, delta: { content: "Hi" } }] });

it.each([
  ["no JSON", event('{oops"usage":{'), 1],
  ["HTML", "<html>\n\n<p>\n\n", 0],
  ["null, numbers and lists", event("null") + event("5") + event("[1]"), 0],
  ["no choices", event({ choices: [] }) + event({ choices: null }) + event({}), 0],
  ["absurd choices", event({ choices: [null, 5, { index: -1, delta: 7, finish_reason: {} }] }), 0],
  ["absurd counts", event({ choices: [], usage: { prompt_tokens: -1, completion_tokens: 1e300 } }), 0],
  ["absurd timings", event({ choices: [], timings: { predicted_n: "7", prompt_ms: -5, cache_n: null } }), 0],
  ["a usage of null", event({ choices: [], usage: null }), 0],
  ["an endless line", `data: ${"x".repeat(3_000_000)}\n\n`, 1],
])("%s in a stream costs the app nothing", async (_what, odd, faults) => {
  const body = spoken + odd + finish + event("[DONE]");
  const cuts = Array.from({ length: Math.ceil(body.length / 65_536) }, (_, index) => index * 65_536);
  const chunks = cut(new Uint8Array(Buffer.from(body)), cuts);
  const { text, inference, inferences, diagnostics, sample } = await readChunks(chunks);
  expect(text === body).toBe(true);
  expect(inferences).toHaveLength(1);
  expect(inference).toMatchObject({ finishReason: { unified: "stop" } });
  expect([inference?.promptTokens, inference?.outputTokens]).toEqual([undefined, undefined]);
  expect(diagnostics.map(({ source }) => source)).toEqual(Array(faults).fill("adapter"));
  expect(await sample("genai_app_telemetry_errors_total", { source: "adapter" })).toBe(0);
});

test("whatever an answer holds is read without a throw, and no count is made of what is none", () => {
  const readers = [readChat, readResponses, readMessages, readOllama, readEmbeddings];
  const names = [
    "choices",
    "usage",
    "timings",
    "error",
    "model",
    "type",
    "response",
    "message",
    "delta",
    "index",
    "done",
  ];
  const more = [
    "prompt_tokens",
    "completion_tokens",
    "finish_reason",
    "tool_calls",
    "status",
    "output",
    "item",
    "data",
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 4 }, fc.constantFrom(null, true, -1, 0.5, 1e308, "", "x"), tie("object"), tie("list")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(fc.constantFrom(...names, ...more), tie("any"), { maxKeys: 6 }),
  })).object;
  fc.assert(
    fc.property(value, fc.constantFrom(...readers), (given, read) => {
      const figures = new Figures();
      read(given as object, figures);
      for (const count of Object.values(figures.usage)) expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

async function ask(script: Script, init: object = {}) {
  const server = await modelServer(script);
  const { aiwatch, inferences, diagnostics, sample } = createTestAiwatch();
  const response = await observeFetch(fetch, { aiwatch })(`${server.url}${chatPath}`, {
    method: "POST",
    body: JSON.stringify({ model: "tiny", stream: true }),
    ...init,
  });
  const text = await response.text();
  await server.close();
  return { text, inferences, diagnostics, sample };
}

test("a compressed stream is read as the app reads it", async () => {
  const { body } = captured("llama-server/chat-stream");
  const { text, inferences } = await ask((response) =>
    response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" }).end(gzipSync(body)),
  );
  expect(text).toBe(body);
  expect(inferences).toMatchObject([{ outputTokens: 3 }]);
});

test("a server that speaks something else is told of once, is no fault of AIWatch's, and the app has its page", async () => {
  const { text, inferences, diagnostics, sample } = await ask((response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  );
  expect(text).toBe("<html>");
  expect(inferences).toMatchObject([{ finishReason: { unified: "error" }, failure: { type: "cut" } }]);
  expect(diagnostics).toMatchObject([{ source: "adapter", what: "reading an answer" }]);
  expect(await sample("genai_app_telemetry_errors_total", { source: "adapter" })).toBe(0);
});
