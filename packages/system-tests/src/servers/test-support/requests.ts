import type { Fact } from "./facts.ts";

/** One kind of request, as often as it is asked for. */
export interface RequestKind {
  readonly name: string;
  /** The variant of the tiny model that serves it. */
  readonly variant: "chat" | "tools" | "thinking" | "embedding" | "ranking";
  readonly path: string;
  /** @param turn how many of this kind came before */
  readonly body: (turn: number) => object;
  /** What the record says of such an answer, in the order of `facts`: all that the server tells. */
  readonly tells: readonly Fact[];
  /** How many choices the answer has. @default 1 */
  readonly choices?: number;
  /** @default 200 */
  readonly status?: number;
}

const subjects = ["the weather", "a cat", "Paris", "the model", "a long poem", "your memory", "tokens", "the sea"];

/** Prompts that share beginnings, so that some of their tokens are cached. */
function promptOf(turn: number): string {
  return `Please tell me a story about ${subjects[turn % subjects.length]} and ${turn} other things`;
}

const messages = (turn: number) => [{ role: "user", content: promptOf(turn) }];
const sampling = { temperature: 0.9 };
const chat = (turn: number) => ({ messages: messages(turn), max_tokens: 40, ...sampling });
const completion = (turn: number) => ({ prompt: promptOf(turn), max_tokens: 12, ...sampling });
const native = (turn: number) => ({ prompt: promptOf(turn), n_predict: 12, ...sampling });
const response = (turn: number) => ({ input: promptOf(turn), max_output_tokens: 12, ...sampling });

const streamed = { stream: true };
const withUsage = { stream: true, stream_options: { include_usage: true } };

/** Both are as long as they may: an answer in one piece tells of one alone. */
const two = { n: 2, ignore_eos: true };

const weather = {
  type: "function",
  function: { name: "lookup_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

const counted = ["prompt", "cached", "output", "finish"] as const;
const countedStream = ["prompt", "cached", "output", "first token", "finish"] as const;
const timed = ["prompt", "cached", "output", "prompt time", "decode time", "finish"] as const;
const timedStream = ["prompt", "cached", "output", "prompt time", "decode time", "first token", "finish"] as const;

const chatPath = "/v1/chat/completions";
const tooLong = (turn: number) => ({ messages: [{ role: "user", content: "word ".repeat(3000 + turn) }] });

/** Every kind of request that llama-server answers with figures. */
export const requestKinds: readonly RequestKind[] = [
  { name: "chat", tells: timed, variant: "chat", path: chatPath, body: chat },
  {
    name: "chat, streamed",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed }),
  },
  {
    name: "chat with usage",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...withUsage }),
  },
  {
    name: "chat with timings per token",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, timings_per_token: true }),
  },
  {
    name: "chat with progress",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, return_progress: true }),
  },
  {
    name: "the same prompt again",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: () => ({ ...chat(0), ...streamed }),
  },
  {
    name: "a stop word",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, stop: ["."] }),
  },
  {
    name: "a short length",
    tells: timedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, max_tokens: 1 + (turn % 3) }),
  },
  {
    name: "two choices",
    tells: ["prompt", "cached", "finish"],
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...two }),
    choices: 2,
  },
  {
    name: "two choices, streamed",
    tells: countedStream,
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...withUsage, ...two }),
    choices: 2,
  },
  { name: "completion", tells: timed, variant: "chat", path: "/v1/completions", body: completion },
  {
    name: "completion, streamed",
    tells: timedStream,
    variant: "chat",
    path: "/v1/completions",
    body: (turn) => ({ ...completion(turn), ...streamed }),
  },
  {
    name: "two completions",
    tells: ["prompt", "cached", "finish"],
    variant: "chat",
    path: "/v1/completions",
    body: (turn) => ({ ...completion(turn), ...two }),
    choices: 2,
  },
  { name: "native completion", tells: timed, variant: "chat", path: "/completion", body: native },
  {
    name: "native completion, streamed",
    tells: timedStream,
    variant: "chat",
    path: "/completion",
    body: (turn) => ({ ...native(turn), ...streamed }),
  },
  { name: "response", tells: counted, variant: "chat", path: "/v1/responses", body: response },
  {
    name: "response, streamed",
    tells: timedStream,
    variant: "chat",
    path: "/v1/responses",
    body: (turn) => ({ ...response(turn), ...streamed }),
  },
  { name: "message", tells: counted, variant: "chat", path: "/v1/messages", body: chat },
  {
    name: "message, streamed",
    tells: countedStream,
    variant: "chat",
    path: "/v1/messages",
    body: (turn) => ({ ...chat(turn), ...streamed }),
  },
  { name: "thought", tells: timed, variant: "thinking", path: chatPath, body: chat },
  {
    name: "thought, streamed",
    tells: timedStream,
    variant: "thinking",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed }),
  },
  {
    name: "tool call",
    tells: [...timed, "tool calls"],
    variant: "tools",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), tools: [weather] }),
  },
  {
    name: "tool call, streamed",
    tells: [...timedStream, "tool calls"],
    variant: "tools",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, tools: [weather] }),
  },
  {
    name: "embeddings",
    tells: ["prompt", "dimensions"],
    variant: "embedding",
    path: "/v1/embeddings",
    body: (turn) => ({ input: [promptOf(turn), "a cat"] }),
  },
  {
    name: "ranking",
    tells: ["prompt"],
    variant: "ranking",
    path: "/v1/rerank",
    body: (turn) => ({ query: promptOf(turn), documents: ["a cat in Paris", "rain", "the sea"] }),
  },
];

/** What llama-server answers with an error. */
export const refusedKinds: readonly RequestKind[] = [
  { name: "too long", tells: [], variant: "chat", path: chatPath, body: tooLong, status: 400 },
  {
    name: "too long, streamed",
    tells: [],
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...tooLong(turn), ...streamed }),
    status: 400,
  },
  { name: "no messages", tells: [], variant: "chat", path: chatPath, body: () => ({ messages: "none" }), status: 400 },
  { name: "unknown path", tells: [], variant: "chat", path: "/v2/chat/completions", body: chat, status: 404 },
];
