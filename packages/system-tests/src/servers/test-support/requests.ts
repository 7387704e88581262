/** One kind of request, as often as it is asked for. */
export interface RequestKind {
  readonly name: string;
  /** The variant of the tiny model that serves it. */
  readonly variant: "chat" | "tools" | "thinking" | "embedding" | "ranking";
  readonly path: string;
  /** @param turn how many of this kind came before */
  readonly body: (turn: number) => object;
  /** How many choices the answer has. @default 1 */
  readonly choices?: number;
  /** @default 200 */
  readonly status?: number;
}

const subjects = ["the weather", "a cat", "Paris", "the model", "a long poem", "your memory", "tokens", "the sea"];

/** Prompts that share beginnings, so that some of their tokens are cached. */
function promptOf(turn: number): string {
  return `Please tell me a story about ${subjects[turn % subjects.length]} and ${turn} other things.`;
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

const chatPath = "/v1/chat/completions";
const tooLong = (turn: number) => ({ messages: [{ role: "user", content: "word ".repeat(3000 + turn) }] });

/** Every kind of request that llama-server answers with figures. */
export const requestKinds: readonly RequestKind[] = [
  { name: "chat", variant: "chat", path: chatPath, body: chat },
  { name: "chat, streamed", variant: "chat", path: chatPath, body: (turn) => ({ ...chat(turn), ...streamed }) },
  { name: "chat with usage", variant: "chat", path: chatPath, body: (turn) => ({ ...chat(turn), ...withUsage }) },
  {
    name: "chat with timings per token",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, timings_per_token: true }),
  },
  {
    name: "chat with progress",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, return_progress: true }),
  },
  {
    name: "the same prompt again",
    variant: "chat",
    path: chatPath,
    body: () => ({ ...chat(0), ...streamed }),
  },
  {
    name: "a stop word",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, stop: ["."] }),
  },
  {
    name: "a short length",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, max_tokens: 1 + (turn % 3) }),
  },
  { name: "two choices", variant: "chat", path: chatPath, body: (turn) => ({ ...chat(turn), ...two }), choices: 2 },
  {
    name: "two choices, streamed",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...withUsage, ...two }),
    choices: 2,
  },
  { name: "completion", variant: "chat", path: "/v1/completions", body: completion },
  {
    name: "completion, streamed",
    variant: "chat",
    path: "/v1/completions",
    body: (turn) => ({ ...completion(turn), ...streamed }),
  },
  {
    name: "two completions",
    variant: "chat",
    path: "/v1/completions",
    body: (turn) => ({ ...completion(turn), ...two }),
    choices: 2,
  },
  { name: "native completion", variant: "chat", path: "/completion", body: native },
  {
    name: "native completion, streamed",
    variant: "chat",
    path: "/completion",
    body: (turn) => ({ ...native(turn), ...streamed }),
  },
  { name: "response", variant: "chat", path: "/v1/responses", body: response },
  {
    name: "response, streamed",
    variant: "chat",
    path: "/v1/responses",
    body: (turn) => ({ ...response(turn), ...streamed }),
  },
  { name: "message", variant: "chat", path: "/v1/messages", body: chat },
  {
    name: "message, streamed",
    variant: "chat",
    path: "/v1/messages",
    body: (turn) => ({ ...chat(turn), ...streamed }),
  },
  { name: "thought", variant: "thinking", path: chatPath, body: chat },
  {
    name: "thought, streamed",
    variant: "thinking",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed }),
  },
  {
    name: "tool call",
    variant: "tools",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), tools: [weather] }),
  },
  {
    name: "tool call, streamed",
    variant: "tools",
    path: chatPath,
    body: (turn) => ({ ...chat(turn), ...streamed, tools: [weather] }),
  },
  {
    name: "embeddings",
    variant: "embedding",
    path: "/v1/embeddings",
    body: (turn) => ({ input: [promptOf(turn), "a cat"] }),
  },
  {
    name: "ranking",
    variant: "ranking",
    path: "/v1/rerank",
    body: (turn) => ({ query: promptOf(turn), documents: ["a cat in Paris", "rain", "the sea"] }),
  },
];

/** What llama-server answers with an error. */
export const refusedKinds: readonly RequestKind[] = [
  { name: "too long", variant: "chat", path: chatPath, body: tooLong, status: 400 },
  {
    name: "too long, streamed",
    variant: "chat",
    path: chatPath,
    body: (turn) => ({ ...tooLong(turn), ...streamed }),
    status: 400,
  },
  { name: "no messages", variant: "chat", path: chatPath, body: () => ({ messages: "none" }), status: 400 },
  { name: "unknown path", variant: "chat", path: "/v2/chat/completions", body: chat, status: 404 },
];
