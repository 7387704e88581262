import { setTimeout } from "node:timers/promises";
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
    const asked = { model: "tiny", messages: [{ role: "user", content: "Hello" }], prompt: "Hello", ...body };
    const request = { method: "POST", body: JSON.stringify(asked) };
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
  // as llama.cpp's server-task.cpp writes it, made from chat.http: the tiny model has no draft model
  ["llama-server/chat-drafted", chat, {}, { outputTokens: 4, speculativeTokens: { used: 7, refuted: 5 } }],
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

const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const line = (value: object) => `${JSON.stringify(value)}\n`;
const delta = (value: object, more: object = {}) =>
  event({ model: "m", choices: [{ index: 0, delta: value, ...more }] });
const call = (index: number, more: object = {}) => ({
  tool_calls: [{ index, function: { arguments: '{"city":' }, ...more }],
});
const functionCall = { type: "function_call", id: "fc_1", call_id: "call_1", name: "weather", arguments: "{}" };

/** Answers that call functions, in the form that each API documents. */
const toolRows: readonly (readonly [what: string, path: string, type: string, answer: string, raw: string])[] = [
  [
    "chat completions, streamed",
    chat,
    "text/event-stream",
    delta({ role: "assistant", content: null }) +
      delta(call(0, { id: "call_1" })) +
      delta(call(0)) +
      delta(call(1, { id: "call_2" })) +
      delta(call(1)) +
      delta({}, { finish_reason: "tool_calls" }) +
      "data: [DONE]\n\n",
    "tool_calls",
  ],
  [
    "chat completions",
    chat,
    "application/json",
    JSON.stringify({
      choices: [{ index: 0, message: { tool_calls: [{ id: "a" }, { id: "b" }] }, finish_reason: "tool_calls" }],
    }),
    "tool_calls",
  ],
  [
    "responses, streamed",
    "/v1/responses",
    "text/event-stream",
    event({ type: "response.created", response: { id: "r", status: "in_progress" } }) +
      event({ type: "response.function_call_arguments.delta", delta: "{" }) +
      event({ type: "response.output_item.done", item: functionCall }) +
      event({ type: "response.output_item.done", item: { ...functionCall, id: "fc_2", call_id: "call_2" } }) +
      event({
        type: "response.completed",
        response: { status: "completed", output: [{ ...functionCall, call_id: "other" }] },
      }),
    "completed",
  ],
  [
    "responses",
    "/v1/responses",
    "application/json",
    JSON.stringify({
      object: "response",
      status: "completed",
      output: [functionCall, { ...functionCall, call_id: "b" }],
    }),
    "completed",
  ],
  [
    "messages, streamed",
    "/v1/messages",
    "text/event-stream",
    event({
      type: "message_start",
      message: { model: "m", content: [], usage: { input_tokens: 1, output_tokens: 1 } },
    }) +
      event({ type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "a", name: "weather" } }) +
      event({ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "{" } }) +
      event({ type: "content_block_start", index: 1, content_block: { type: "tool_use", id: "b", name: "weather" } }) +
      event({ type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 9 } }) +
      event({ type: "message_stop" }),
    "tool_use",
  ],
  [
    "messages",
    "/v1/messages",
    "application/json",
    JSON.stringify({ type: "message", content: [{ type: "tool_use" }, { type: "tool_use" }], stop_reason: "tool_use" }),
    "tool_use",
  ],
  [
    "Ollama's chat",
    "/api/chat",
    "application/x-ndjson",
    line({ model: "m", message: { tool_calls: [{ function: { name: "weather", arguments: {} } }] }, done: false }) +
      line({ model: "m", message: { tool_calls: [{ function: { name: "weather", arguments: {} } }] }, done: false }) +
      line({ model: "m", message: { content: "" }, done: true, done_reason: "stop" }),
    "stop",
  ],
];

it.each(toolRows)(
  "the functions that an answer of %s calls are counted, each once",
  async (_what, path, type, answer, raw) => {
    const body = type === "application/json" ? {} : stream;
    const { inference, diagnostics } = await ask(
      (response) => response.writeHead(200, { "content-type": type }).end(answer),
      path,
      body,
    );
    expect(inference).toMatchObject({ toolCalls: 2, finishReason: { unified: "tool_calls", raw } });
    // a function that is called is output, too
    expect(inference["firstTokenMs"] !== undefined).toBe(body === stream);
    expect(diagnostics).toEqual([]);
  },
);

it("a choice of each of several prompts is counted, and what all prompts are is not told", async () => {
  const text = (index: number) => event({ model: "m.gguf", choices: [{ index, text: "a" }] });
  const end = (index: number, prompt: number) =>
    event({
      choices: [{ index, text: "", finish_reason: "length" }],
      usage: { prompt_tokens: prompt, completion_tokens: 2 },
      timings: { predicted_n: 2 },
    });
  const begun = `${text(0)}${text(1)}${end(1, 7)}`;
  const answer = `${begun}${end(0, 5)}data: [DONE]\n\n`;
  const script: Script = (response) => response.writeHead(200, { "content-type": "text/event-stream" }).end(answer);
  const { inference } = await ask(script, "/v1/completions", { ...stream, prompt: ["one", "two"] });
  expect(inference).toMatchObject({ outputTokens: 4, finishReason: length });
  expect(inference["promptTokens"]).toBeUndefined();
  const cut: Script = (response) => response.writeHead(200, { "content-type": "text/event-stream" }).end(begun);
  const { inference: broken } = await ask(cut, "/v1/completions", { ...stream, prompt: ["one", "two"] });
  expect(broken).toMatchObject({ failure: { type: "cut" } });
});

it("llama-server's own answers to several prompts end with the last of them", async () => {
  const text = (index: number) => event({ index, content: "a", stop: false });
  const end = (index: number) =>
    event({ index, content: "", stop: true, stop_type: "limit", model: "m.gguf", timings: { predicted_n: 1 } });
  const begun = `${text(0)}${text(1)}${end(1)}`;
  const script =
    (answer: string): Script =>
    (response) =>
      response.writeHead(200, { "content-type": "text/event-stream" }).end(answer);
  const body = { ...stream, prompt: ["one", "two"] };
  expect((await ask(script(`${begun}${end(0)}`), "/completion", body)).inference).toMatchObject({
    outputTokens: 2,
    finishReason: { unified: "length" },
  });
  expect((await ask(script(begun), "/completion", body)).inference).toMatchObject({ failure: { type: "cut" } });
});

it("neither headers nor a role, a ping or progress is the first token", async () => {
  let spokeAt = 0;
  const { inference } = await ask(
    async (response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
      response.write(delta({ role: "assistant", content: null }));
      response.write(": ping\n\n");
      response.write(delta({ role: "assistant", content: "" }, { prompt_progress: { total: 9, processed: 4 } }));
      const began = performance.now();
      await setTimeout(120);
      spokeAt = performance.now() - began;
      response.end(delta({ content: "Hi" }) + delta({}, { finish_reason: "stop" }));
    },
    chat,
    stream,
  );
  expect(spokeAt).toBeGreaterThan(100);
  expect(inference["firstTokenMs"]).toBeGreaterThanOrEqual(100);
});

const numbers = [0.25, -0.5, 0.125];
const base64 = Buffer.from(new Float32Array(numbers).buffer).toString("base64");
const usage = { prompt_tokens: 4, total_tokens: 4 };

/** Answers of vectors and rankings, in the form that each API documents. */
const vectorRows: readonly (readonly [what: string, path: string, answer: unknown, record: Record<string, unknown>])[] =
  [
    [
      "OpenAI's",
      "/v1/embeddings",
      { model: "e", data: [{ embedding: numbers }], usage },
      { promptTokens: 4, dimensions: 3 },
    ],
    [
      "OpenAI's in base64",
      "/v1/embeddings",
      { model: "e", data: [{ embedding: base64 }], usage },
      { promptTokens: 4, dimensions: 3 },
    ],
    [
      "llama-server's own",
      "/embeddings",
      [{ index: 0, embedding: [numbers] }],
      { promptTokens: undefined, dimensions: 3 },
    ],
    [
      "Ollama's",
      "/api/embed",
      { model: "e", embeddings: [numbers, numbers], load_duration: 2_000_000, prompt_eval_count: 4 },
      { promptTokens: 4, dimensions: 3, serverTimes: { loadMs: 2 }, provider: "ollama" },
    ],
    ["Ollama's older", "/api/embeddings", { embedding: numbers }, { promptTokens: undefined, dimensions: 3 }],
    ["none", "/v1/embeddings", { model: "e", data: [] }, { promptTokens: undefined, dimensions: undefined }],
  ];

it.each(vectorRows)("an answer of %s vectors is recorded as it tells", async (_what, path, answer, record) => {
  const script: Script = (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  const { inference, diagnostics } = await ask(script, path, {});
  const told = { operation: "embeddings", finishReason: { unified: "stop" }, outputTokens: undefined, ...record };
  expect(Object.fromEntries(Object.keys(told).map((key) => [key, inference[key]]))).toEqual(told);
  expect(diagnostics).toEqual([]);
});

it.each(["/v1/rerank", "/rerank", "/v1/reranking"])("a ranking at %s is recorded as it tells", async (path) => {
  const answer = { model: "r", usage, results: [{ index: 0, relevance_score: 0.9 }] };
  const script: Script = (response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  const { inference } = await ask(script, path, {});
  expect(inference).toMatchObject({ operation: "rerank", promptTokens: 4, reportedModel: "r" });
});

const finish = (reason: string | null) => delta({}, { finish_reason: reason });
const counted = (prompt: number, output: number) => ({
  usage: { prompt_tokens: prompt, completion_tokens: output },
});
const begins = (id: string, index?: number) =>
  delta({ tool_calls: [{ index, id, function: { name: "weather", arguments: "{}" } }] });
const done = "data: [DONE]\n\n";
const answered = JSON.stringify({ model: "m", choices: [{ message: { content: "a" } }], ...counted(1, 2) });
const [sse, json, text] = ["text/event-stream", "application/json", "text/plain"];

/** Answers as servers and proxies give them, beside what is documented. */
const oddRows: readonly (readonly [what: string, path: string, type: string, answer: string, record: object])[] = [
  [
    "a usage of none",
    chat,
    sse,
    delta({ content: "a" }) + event(counted(0, 0)) + done,
    { outputTokens: undefined, promptTokens: undefined },
  ],
  [
    "a usage, and then one of none",
    chat,
    sse,
    event(counted(3, 4)) + event(counted(0, 0)) + done,
    { outputTokens: 4, promptTokens: 3 },
  ],
  [
    "a usage in each event",
    chat,
    sse,
    event({ choices: [], ...counted(5, 1) }) + event({ choices: [], ...counted(5, 2) }) + done,
    { outputTokens: 2 },
  ],
  ["calls without an index", chat, sse, begins("a") + begins("b") + finish("tool_calls") + done, { toolCalls: 2 }],
  ["calls at one index", chat, sse, begins("a", 0) + begins("b", 0) + finish("tool_calls") + done, { toolCalls: 2 }],
  ["an empty error", chat, sse, event({ choices: [], error: "" }) + finish("stop") + done, { finishReason: stop }],
  [
    "a choice that ends by an error",
    chat,
    sse,
    delta({ content: "a" }) + finish("error") + done,
    { failure: { type: "engine_error" } },
  ],
  [
    "an error that says so by its kind",
    chat,
    sse,
    delta({ content: "a" }) + event({ object: "error", message: "m" }) + done,
    { failure: { type: "engine_error" } },
  ],
  ["no finish reason", chat, sse, delta({ content: "a" }) + finish(null) + done, { finishReason: { unified: "stop" } }],
  [
    "events as JSON",
    chat,
    json,
    delta({ content: "a" }) + event(counted(1, 2)) + finish("stop"),
    { finishReason: stop, outputTokens: 2 },
  ],
  ["events as a text", chat, text, `: ping\n\n${delta({ content: "a" })}${finish("stop")}`, { finishReason: stop }],
  ["one piece as events", chat, sse, answered, { outputTokens: 2, finishReason: { unified: "stop" } }],
  ["one piece that is cut", chat, json, answered.slice(0, 40), { failure: { type: "cut" } }],
  ["nothing", chat, json, "", { failure: { type: "cut" } }],
  ["a page", chat, "text/html", "<html>", { failure: { type: "cut" } }],
  [
    "a response that waits in the background",
    "/v1/responses",
    sse,
    event({ type: "response.created", response: { status: "queued" } }) +
      event({
        type: "response.completed",
        response: { status: "completed", usage: { input_tokens: 3, output_tokens: 4 } },
      }),
    { finishReason: { unified: "stop", raw: "completed" }, outputTokens: 4 },
  ],
  [
    "a message whose end leaves out the cache",
    "/v1/messages",
    sse,
    event({
      type: "message_start",
      message: { usage: { input_tokens: 5, cache_read_input_tokens: 7, output_tokens: 1 } },
    }) +
      event({
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { input_tokens: 5, output_tokens: 3 },
      }) +
      event({ type: "message_stop" }),
    { promptTokens: 12, cachedPromptTokens: 7, outputTokens: 3 },
  ],
];

it.each(oddRows)("%s is recorded as it is", async (_what, path, type, answer, record) => {
  const script: Script = (response) => response.writeHead(200, { "content-type": type }).end(answer);
  const { inference } = await ask(script, path, stream);
  expect(Object.fromEntries(Object.keys(record).map((key) => [key, inference[key]]))).toEqual(record);
});

it("a count of one choice is none of all", async () => {
  const other = event({ model: "m", choices: [{ index: 1, delta: { content: "b" } }], ...counted(5, 1) });
  const begun = event({ model: "m", choices: [{ index: 0, delta: { content: "a" } }], ...counted(5, 9) }) + other;
  const cut: Script = (response) => response.writeHead(200, { "content-type": sse }).end(begun);
  const { inference } = await ask(cut, chat, { ...stream, n: 2 });
  expect(inference).toMatchObject({ failure: { type: "cut" }, promptTokens: 5 });
  expect(inference["outputTokens"]).toBeUndefined();
});
