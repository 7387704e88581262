import { messagesOf, plus, promptOf, requestKindsOf, streamed, weatherTool } from "./request-kind.ts";

const sampling = { temperature: 0.9 };
const chat = (turn: number) => ({ messages: messagesOf(turn), max_tokens: 40, ...sampling });
const completion = (turn: number) => ({ prompt: promptOf(turn), max_tokens: 12, ...sampling });
const native = (turn: number) => ({ prompt: promptOf(turn), n_predict: 12, ...sampling });
const response = (turn: number) => ({ input: promptOf(turn), max_output_tokens: 12, ...sampling });
const embeddings = (turn: number) => ({ input: [promptOf(turn), "a cat"] });
const ranking = (turn: number) => ({ query: promptOf(turn), documents: ["a cat in Paris", "rain", "the sea"] });
const short = (turn: number) => ({ ...chat(turn), max_tokens: 1 + (turn % 3) });

/** Both are as long as they may: an answer in one piece tells of one alone. */
const two = { n: 2, ignore_eos: true };
const usage = { stream_options: { include_usage: true } };
const weather = { tools: [weatherTool] };

const counted = ["prompt", "cached", "output", "finish"] as const;
const countedStream = ["prompt", "cached", "output", "first token", "finish"] as const;
const uncounted = ["prompt", "cached", "finish"] as const;
const timed = ["prompt", "cached", "output", "prompt time", "decode time", "finish"] as const;
const timedStream = ["prompt", "cached", "output", "prompt time", "decode time", "first token", "finish"] as const;

const path = "/v1/chat/completions";

/** Every kind of request that llama-server answers with figures. */
export const requestKinds = requestKindsOf([
  ["chat", path, "chat", timed, chat],
  ["chat", path, "chat, streamed", timedStream, streamed(chat)],
  ["chat", path, "chat with usage", timedStream, streamed(chat, usage)],
  ["chat", path, "chat with timings per token", timedStream, streamed(chat, { timings_per_token: true })],
  ["chat", path, "chat with progress", timedStream, streamed(chat, { return_progress: true })],
  ["chat", path, "the same prompt again", timedStream, streamed(() => chat(0))],
  ["chat", path, "a stop word", timedStream, streamed(chat, { stop: ["."] })],
  ["chat", path, "a short length", timedStream, streamed(short)],
  ["chat", path, "two choices", uncounted, plus(chat, two), 2],
  ["chat", path, "two choices, streamed", countedStream, streamed(chat, { ...two, ...usage }), 2],
  ["thinking", path, "thought", timed, chat],
  ["thinking", path, "thought, streamed", timedStream, streamed(chat)],
  ["tools", path, "tool call", [...timed, "tool calls"], plus(chat, weather)],
  ["tools", path, "tool call, streamed", [...timedStream, "tool calls"], streamed(chat, weather)],
  ["chat", "/v1/completions", "completion", timed, completion],
  ["chat", "/v1/completions", "completion, streamed", timedStream, streamed(completion)],
  ["chat", "/v1/completions", "two completions", uncounted, plus(completion, two), 2],
  ["chat", "/completion", "native completion", timed, native],
  ["chat", "/completion", "native completion, streamed", timedStream, streamed(native)],
  ["chat", "/v1/responses", "response", counted, response],
  ["chat", "/v1/responses", "response, streamed", timedStream, streamed(response)],
  ["chat", "/v1/messages", "message", counted, chat],
  ["chat", "/v1/messages", "message, streamed", countedStream, streamed(chat)],
  ["embedding", "/v1/embeddings", "embeddings", ["prompt", "dimensions"], embeddings],
  ["ranking", "/v1/rerank", "ranking", ["prompt"], ranking],
]);

const tooLong = { messages: [{ role: "user", content: "word ".repeat(3000) }] };

/** What llama-server answers with an error: its status, and the type that it counts as. */
export const refusals = [
  { name: "too long", path, body: tooLong, status: 400, type: "context_overflow" },
  { name: "too long, streamed", path, body: { ...tooLong, stream: true }, status: 400, type: "context_overflow" },
  { name: "no messages", path, body: { messages: "none" }, status: 400, type: "invalid_argument" },
  { name: "unknown path", path: "/v2/chat/completions", body: chat(0), status: 404, type: "not_found" },
];
