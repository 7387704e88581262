import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, it } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { type ModelServer, modelServer, plays, type Script } from "./test-support/model-server.ts";

interface Seen {
  readonly inference: Record<string, unknown>;
  readonly diagnostics: readonly unknown[];
}

async function ask(script: Script, path: string, body: object): Promise<Seen> {
  const server: ModelServer = await modelServer(script);
  const { aiwatch, inferences, diagnostics } = createTestAiwatch();
  try {
    const request = { method: "POST", body: JSON.stringify({ model: "tiny", ...body }) };
    await (await observeFetch(fetch, { aiwatch })(`${server.url}${path}`, request)).text();
    expect(inferences).toHaveLength(1);
    return { inference: { ...inferences[0] }, diagnostics };
  } finally {
    await server.close();
  }
}

const stop = { unified: "stop", raw: "stop" };
const length = { unified: "length", raw: "length" };
const tiny = "tiny-chat-5984d345f535";
const stream = { stream: true };
const chat = "/v1/chat/completions";

/** What each captured answer of a real server says, and nothing else. */
const rows: readonly (readonly [name: string, path: string, body: object, record: Record<string, unknown>])[] = [
  [
    "llama-server/chat",
    chat,
    {},
    {
      operation: "chat",
      provider: "llama.cpp",
      model: tiny,
      finishReason: length,
      promptTokens: 10,
      cachedPromptTokens: 0,
      promptEvalTokens: 10,
      outputTokens: 4,
      promptEvalMs: 121.63,
      decodeMs: 0.627,
      firstTokenMs: undefined,
      reasoningTokens: undefined,
      responseId: "chatcmpl-sOZHy4KyBl8qRbCoHPIcVCDfzrDyJBQW",
    },
  ],
  ["llama-server/chat-stop", chat, {}, { finishReason: stop, outputTokens: 7 }],
  [
    "llama-server/chat-stream",
    chat,
    stream,
    {
      finishReason: length,
      promptTokens: 10,
      cachedPromptTokens: 9,
      promptEvalTokens: 1,
      outputTokens: 3,
      serverTimes: { promptEvalMs: 0.234, decodeMs: 0.171 },
      undeliveredTokens: 0,
      tokenGaps: undefined,
    },
  ],
  [
    "llama-server/chat-stream-usage",
    chat,
    stream,
    { promptTokens: 10, cachedPromptTokens: 9, outputTokens: 3, finishReason: length },
  ],
  [
    "llama-server/chat-stream-timings",
    chat,
    stream,
    {
      promptTokens: 10,
      cachedPromptTokens: 9,
      outputTokens: 3,
      finishReason: length,
      serverTimes: { promptEvalMs: 140.962, decodeMs: 13.207 },
    },
  ],
  ["llama-server/chat-stream-progress", chat, stream, { outputTokens: 2, finishReason: length }],
  // each choice is counted by itself, the prompt once
  [
    "llama-server/chat-stream-n2",
    chat,
    { ...stream, n: 2 },
    { promptTokens: 10, cachedPromptTokens: 9, outputTokens: 4, finishReason: length, serverTimes: undefined },
  ],
  // it counts one choice alone
  [
    "llama-server/chat-n2",
    chat,
    { n: 2 },
    { promptTokens: 10, outputTokens: undefined, finishReason: length, serverTimes: undefined },
  ],
  [
    "llama-server/thinking-stream",
    chat,
    stream,
    { model: "tiny-thinking", outputTokens: 4, reasoningTokens: undefined, promptTokens: 9, cachedPromptTokens: 8 },
  ],
  [
    "llama-server/completions",
    "/v1/completions",
    {},
    { operation: "text_completion", provider: "llama.cpp", finishReason: length },
  ],
  [
    "llama-server/completions-stream",
    "/v1/completions",
    stream,
    { operation: "text_completion", promptTokens: 2, cachedPromptTokens: 1, outputTokens: 2, finishReason: length },
  ],
  [
    "llama-server/native-completion-stream",
    "/completion",
    stream,
    {
      operation: "text_completion",
      model: "tiny",
      reportedModel: "models/tiny-chat-5984d345f535.gguf",
      promptTokens: 2,
      cachedPromptTokens: 1,
      outputTokens: 2,
      finishReason: { unified: "length", raw: "limit" },
    },
  ],
  [
    "llama-server/responses",
    "/v1/responses",
    {},
    {
      operation: "chat",
      model: tiny,
      promptTokens: 9,
      cachedPromptTokens: 4,
      outputTokens: 4,
      finishReason: { unified: "stop", raw: "completed" },
    },
  ],
  [
    "llama-server/responses-stream",
    "/v1/responses",
    stream,
    {
      promptTokens: 9,
      cachedPromptTokens: 8,
      outputTokens: 3,
      promptEvalTokens: 1,
      reportedModel: "models/tiny-chat-5984d345f535.gguf",
      finishReason: { unified: "stop", raw: "completed" },
      undeliveredTokens: 0,
    },
  ],
  [
    "llama-server/anthropic-messages",
    "/v1/messages",
    {},
    {
      operation: "chat",
      model: tiny,
      promptTokens: 10,
      cachedPromptTokens: 9,
      outputTokens: 3,
      finishReason: { unified: "length", raw: "max_tokens" },
    },
  ],
  [
    "llama-server/anthropic-messages-stream",
    "/v1/messages",
    stream,
    {
      promptTokens: 10,
      cachedPromptTokens: 9,
      outputTokens: 3,
      finishReason: { unified: "length", raw: "max_tokens" },
    },
  ],
  [
    "ollama/chat-stream",
    "/api/chat",
    {},
    {
      operation: "chat",
      provider: "ollama",
      model: "tiny",
      finishReason: length,
      promptTokens: 10,
      cachedPromptTokens: undefined,
      outputTokens: 3,
      serverTimes: { loadMs: 289.638282, promptEvalMs: 61.859639, decodeMs: 1095.187701 },
    },
  ],
  [
    "ollama/generate",
    "/api/generate",
    { stream: false },
    { operation: "text_completion", promptTokens: 9, outputTokens: 3, finishReason: length, decodeMs: 643.58355 },
  ],
  [
    "ollama/v1-chat-stream",
    chat,
    stream,
    {
      provider: "ollama",
      outputTokens: undefined,
      promptTokens: undefined,
      finishReason: length,
      responseId: "chatcmpl-146",
    },
  ],
  [
    "ollama/v1-chat-stream-usage",
    chat,
    stream,
    { provider: "ollama", outputTokens: 3, promptTokens: 10, finishReason: length },
  ],
  [
    "ollama/v1-responses-stream",
    "/v1/responses",
    stream,
    {
      model: "tiny",
      promptTokens: 9,
      cachedPromptTokens: 0,
      outputTokens: 3,
      reasoningTokens: 0,
      finishReason: { unified: "stop", raw: "completed" },
    },
  ],
  [
    "docker-model-runner/chat-stream-usage",
    chat,
    stream,
    {
      provider: "llama.cpp",
      model: "tiny",
      reportedModel: "/models/model.gguf",
      promptTokens: 9,
      cachedPromptTokens: 8,
      outputTokens: 2,
    },
  ],
  [
    "docker-model-runner/ollama-api-chat",
    "/api/chat",
    {},
    {
      provider: "llama.cpp",
      model: "ai/tiny",
      outputTokens: undefined,
      promptTokens: undefined,
      finishReason: { unified: "stop" },
    },
  ],
  [
    "docker-model-runner/responses-stream",
    "/engines/v1/responses",
    stream,
    { model: "ai/tiny", outputTokens: undefined, finishReason: { unified: "length", raw: "max_tokens" } },
  ],
  [
    "vllm/chat-metrics",
    chat,
    {},
    {
      provider: "openai-compatible",
      model: "meta-llama/Llama-3.1-8B-Instruct",
      promptTokens: 42,
      outputTokens: 128,
      serverTimes: { queueMs: 12.3, promptEvalMs: 85.2, decodeMs: 1240.5 },
    },
  ],
];

it.each(rows)("%s is recorded as it tells", async (name, path, body, record) => {
  const { inference, diagnostics } = await ask(plays(name), path, body);
  expect(Object.fromEntries(Object.keys(record).map((key) => [key, inference[key]]))).toEqual(record);
  if (Reflect.get(body, "stream") === true) expect(inference["firstTokenMs"]).toBeGreaterThan(0);
  expect(diagnostics).toEqual([]);
});

it("what an Ollama never counts is unknown, though its Responses API writes 0", async () => {
  const server = await modelServer(plays("ollama/v1-responses-stream"));
  const { aiwatch, inferences } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch, provider: "ollama" });
  await (await observed(`${server.url}/v1/responses`, { method: "POST", body: JSON.stringify(stream) })).text();
  await server.close();
  expect(inferences).toMatchObject([{ promptTokens: 9, outputTokens: 3 }]);
  expect(inferences[0]).not.toHaveProperty("cachedPromptTokens");
  expect(inferences[0]).not.toHaveProperty("reasoningTokens");
});
