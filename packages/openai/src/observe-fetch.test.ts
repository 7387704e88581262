import { createTestAiwatch } from "@aiwatch/core/testing";
import { afterEach, expect, test } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { type ModelServer, modelServer, plays, type Script } from "./test-support/model-server.ts";

let server: ModelServer | undefined;
afterEach(async () => server?.close());

async function setUp(script: Script) {
  server = await modelServer(script);
  const seen = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch: seen.aiwatch });
  const { url } = server;
  const post = (path: string, body: object = {}, init: RequestInit = {}) =>
    observed(`${url}${path}`, { method: "POST", body: JSON.stringify({ model: "tiny", ...body }), ...init });
  return { ...seen, url, post };
}

test("a chat completion that streams", async () => {
  const { post, inferences, diagnostics, url } = await setUp(plays("llama-server/chat-stream"));
  const response = await post("/v1/chat/completions", { stream: true, max_tokens: 3, temperature: 0 });
  expect(inferences).toEqual([]);
  expect(await response.text()).toMatch(/\[DONE\]\n\n$/);
  expect(inferences).toMatchObject([
    {
      model: "tiny-chat-5984d345f535",
      requestedModel: "tiny",
      reportedModel: "models/tiny-chat-5984d345f535.gguf",
      provider: "llama.cpp",
      kind: "client",
      operation: "chat",
      finishReason: { unified: "length", raw: "length" },
      parameters: { stream: true, maxTokens: 3, temperature: 0 },
      promptTokens: 10,
      cachedPromptTokens: 9,
      outputTokens: 3,
      promptEvalTokens: 1,
      undeliveredTokens: 0,
      serverTimes: { promptEvalMs: 0.234, decodeMs: 0.171 },
      promptEvalMs: 0.234,
      server: { address: "127.0.0.1", port: Number(new URL(url).port) },
    },
  ]);
  expect(inferences[0]?.firstTokenMs).toBeGreaterThan(0);
  expect(diagnostics).toEqual([]);
});

test("a chat completion in one piece", async () => {
  const { post, inferences, diagnostics } = await setUp(plays("llama-server/chat"));
  const answer = (await (await post("/v1/chat/completions")).json()) as { choices: unknown[] };
  expect(answer.choices).toHaveLength(1);
  expect(inferences).toMatchObject([
    { finishReason: { unified: "length" }, promptTokens: 10, cachedPromptTokens: 0, outputTokens: 4, decodeMs: 0.627 },
  ]);
  expect(inferences[0]?.firstTokenMs).toBeUndefined();
  expect(diagnostics).toEqual([]);
});
