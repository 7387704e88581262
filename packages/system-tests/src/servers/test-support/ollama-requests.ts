import type { Fact } from "./facts.ts";
import type { RequestKind } from "./requests.ts";

const prompt = (turn: number) => `Please tell me about ${turn} things.`;
const messages = (turn: number) => [{ role: "user", content: prompt(turn) }];
const model = "tiny-chat";
const whole = { stream: false };
const options = { num_predict: 12 };
const chat = (turn: number) => ({ model, messages: messages(turn), options });
const generate = (turn: number) => ({ model, prompt: prompt(turn), options });
const openAi = (turn: number) => ({ model, messages: messages(turn), max_tokens: 12 });
const completion = (turn: number) => ({ model, prompt: prompt(turn), max_tokens: 12 });
const response = (turn: number) => ({ model, input: prompt(turn), max_output_tokens: 12 });
const streamed = { stream: true };
const withUsage = { stream: true, stream_options: { include_usage: true } };
const thinking = { model: "tiny-thinking", think: true, options: { num_predict: 40 } };

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const tools = { model: "tiny-tools", tools: [weather] };

const counted = ["prompt", "output", "finish"] as const;
const countedStream = ["prompt", "output", "first token", "finish"] as const;
const uncounted = ["first token", "finish"] as const;
const native = ["prompt", "output", "load time", "prompt time", "decode time", "finish"] as const;
const stream = ["prompt", "output", "load time", "prompt time", "decode time", "first token", "finish"] as const;

type Row = [
  name: string,
  path: string,
  variant: RequestKind["variant"],
  body: (turn: number) => object,
  tells: readonly Fact[],
];

const rows: readonly Row[] = [
  ["chat, streamed", "/api/chat", "chat", chat, stream],
  ["chat", "/api/chat", "chat", (turn) => ({ ...chat(turn), ...whole }), native],
  ["generate, streamed", "/api/generate", "chat", generate, stream],
  ["generate", "/api/generate", "chat", (turn) => ({ ...generate(turn), ...whole }), native],
  ["thought, streamed", "/api/chat", "thinking", (turn) => ({ ...chat(turn), ...thinking }), stream],
  [
    "tool call, streamed",
    "/api/chat",
    "tools",
    (turn) => ({ messages: messages(turn), ...tools }),
    [...stream, "tool calls"],
  ],
  [
    "tool call",
    "/api/chat",
    "tools",
    (turn) => ({ messages: messages(turn), ...tools, ...whole }),
    [...native, "tool calls"],
  ],
  [
    "embed",
    "/api/embed",
    "embedding",
    (turn) => ({ model: "tiny-embedding", input: [prompt(turn), "a cat"] }),
    ["prompt", "load time", "dimensions"],
  ],
  ["chat completion", "/v1/chat/completions", "chat", openAi, counted],
  [
    "chat completion, streamed",
    "/v1/chat/completions",
    "chat",
    (turn) => ({ ...openAi(turn), ...streamed }),
    uncounted,
  ],
  [
    "chat completion with usage",
    "/v1/chat/completions",
    "chat",
    (turn) => ({ ...openAi(turn), ...withUsage }),
    countedStream,
  ],
  [
    "tool call",
    "/v1/chat/completions",
    "tools",
    (turn) => ({ messages: messages(turn), ...tools }),
    [...counted, "tool calls"],
  ],
  ["completion", "/v1/completions", "chat", completion, counted],
  ["completion, streamed", "/v1/completions", "chat", (turn) => ({ ...completion(turn), ...streamed }), uncounted],
  ["response", "/v1/responses", "chat", response, counted],
  ["response, streamed", "/v1/responses", "chat", (turn) => ({ ...response(turn), ...streamed }), countedStream],
  ["message", "/v1/messages", "chat", openAi, counted],
  ["message, streamed", "/v1/messages", "chat", (turn) => ({ ...openAi(turn), ...streamed }), countedStream],
  [
    "embeddings",
    "/v1/embeddings",
    "embedding",
    (turn) => ({ model: "tiny-embedding", input: [prompt(turn), "a cat"] }),
    ["prompt", "dimensions"],
  ],
];

/** Every kind of request that Ollama answers with figures. */
export const ollamaKinds: readonly RequestKind[] = rows.map(([name, path, variant, body, tells]) => ({
  name,
  path,
  variant,
  body,
  tells,
}));
