import { messagesOf, plus, promptOf, requestKindsOf, streamed, weatherTool } from "./request-kind.ts";

const model = "tiny-chat";
const options = { num_predict: 12 };
const chat = (turn: number) => ({ model, messages: messagesOf(turn), options });
const generate = (turn: number) => ({ model, prompt: promptOf(turn), options });
const openAi = (turn: number) => ({ model, messages: messagesOf(turn), max_tokens: 12 });
const completion = (turn: number) => ({ model, prompt: promptOf(turn), max_tokens: 12 });
const response = (turn: number) => ({ model, input: promptOf(turn), max_output_tokens: 12 });
const tool = (turn: number) => ({ model: "tiny-tools", messages: messagesOf(turn), tools: [weatherTool] });
const embeddings = (turn: number) => ({ model: "tiny-embedding", input: [promptOf(turn), "a cat"] });
const thinking = { model: "tiny-thinking", think: true, options: { num_predict: 40 } };
/** Its own API streams unless it is told not to. */
const whole = { stream: false };
const usage = { stream_options: { include_usage: true } };

const counted = ["prompt", "output", "finish"] as const;
const countedStream = ["prompt", "output", "first token", "finish"] as const;
const uncounted = ["first token", "finish"] as const;
const timed = ["prompt", "output", "load time", "prompt time", "decode time", "finish"] as const;
const timedStream = ["prompt", "output", "load time", "prompt time", "decode time", "first token", "finish"] as const;

const path = "/v1/chat/completions";

/** Every kind of request that Ollama answers with figures. */
export const ollamaKinds = requestKindsOf([
  ["chat", "/api/chat", "chat, streamed", timedStream, chat],
  ["chat", "/api/chat", "chat", timed, plus(chat, whole)],
  ["thinking", "/api/chat", "thought, streamed", timedStream, plus(chat, thinking)],
  ["tools", "/api/chat", "tool call, streamed", [...timedStream, "tool calls"], tool],
  ["tools", "/api/chat", "tool call", [...timed, "tool calls"], plus(tool, whole)],
  ["chat", "/api/generate", "generate, streamed", timedStream, generate],
  ["chat", "/api/generate", "generate", timed, plus(generate, whole)],
  ["embedding", "/api/embed", "embed", ["prompt", "load time", "dimensions"], embeddings],
  ["chat", path, "chat", counted, openAi],
  ["chat", path, "chat, streamed", uncounted, streamed(openAi)],
  ["chat", path, "chat with usage", countedStream, streamed(openAi, usage)],
  ["tools", path, "tool call", [...counted, "tool calls"], tool],
  ["chat", "/v1/completions", "completion", counted, completion],
  ["chat", "/v1/completions", "completion, streamed", uncounted, streamed(completion)],
  ["chat", "/v1/responses", "response", counted, response],
  ["chat", "/v1/responses", "response, streamed", countedStream, streamed(response)],
  ["chat", "/v1/messages", "message", counted, openAi],
  ["chat", "/v1/messages", "message, streamed", countedStream, streamed(openAi)],
  ["embedding", "/v1/embeddings", "embeddings", ["prompt", "dimensions"], embeddings],
]);

const messages = [{ role: "user", content: "Hello" }];
const unnamed = { tools: [{ type: "function", function: { name: "f" } }] };

/** What Ollama answers with an error: its status, and the type that it counts as. */
export const ollamaRefusals = [
  { name: "an unknown model", path: "/api/chat", body: { model: "none", messages }, status: 404, type: "not_found" },
  { name: "an unknown model of /v1", path, body: { model: "none", messages }, status: 404, type: "not_found" },
  {
    name: "messages that are no list",
    path: "/api/chat",
    body: { model, messages: 1 },
    status: 400,
    type: "invalid_argument",
  },
  {
    name: "tools for a model without",
    path: "/api/chat",
    body: { model, messages, ...unnamed },
    status: 400,
    type: "invalid_argument",
  },
  { name: "an unknown path", path: "/v1/rerank", body: { model }, status: 404, type: "not_found" },
];
