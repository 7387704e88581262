/** Who is played, and where. */
export const clients = {
  "openai 6": { module: "openai", protocol: "openai", folder: "elder", majors: [20] },
  ollama: { module: "ollama", protocol: "ollama", folder: "elder", majors: [20] },
  fetch: { module: "fetch", protocol: "openai", folder: "elder", majors: [20] },
  "openai 7": { module: "openai", protocol: "openai", folder: "newest", majors: [22, 24] },
  "AI SDK, openai-compatible": {
    module: "ai-sdk-openai-compatible",
    protocol: "openai",
    folder: "newest",
    majors: [22, 24],
  },
  "AI SDK, openai": { module: "ai-sdk-openai", protocol: "openai", folder: "newest", majors: [22, 24] },
  "AI SDK, ollama": { module: "ai-sdk-ollama", protocol: "ollama", folder: "newest", majors: [22, 24] },
  "LangChain, openai": { module: "langchain-openai", protocol: "openai", folder: "newest", majors: [22, 24] },
  "LangChain, ollama": {
    module: "langchain-ollama",
    streamsAlways: true,
    protocol: "ollama",
    folder: "newest",
    majors: [22, 24],
  },
} as const satisfies Record<string, Client>;

export type Protocol = "openai" | "ollama";
export type ClientName = keyof typeof clients;
export const clientNames = Object.keys(clients) as ClientName[];

export interface Client {
  /** In `apps/clients`. */
  readonly module: string;
  readonly protocol: Protocol;
  readonly folder: keyof typeof folders;
  readonly majors: readonly number[];
  /** It asks for a stream where the app wants an answer in one piece, too. */
  readonly streamsAlways?: boolean;
}

const common = {
  zod: "4.3.6",
  "prom-client": "15.1.3",
  "@opentelemetry/api": "1.9.1",
  "@opentelemetry/sdk-trace-node": "2.12.0",
};

/** What is installed together. */
export const folders = {
  elder: { ...common, openai: "6.49.0", ollama: "0.6.4" },
  newest: {
    ...common,
    openai: "7.59.0",
    ai: "7.0.173",
    "@ai-sdk/openai-compatible": "3.0.92",
    "@ai-sdk/openai": "4.0.118",
    "ollama-ai-provider-v2": "4.0.1",
    "@langchain/core": "1.4.0",
    "@langchain/openai": "1.6.0",
    "@langchain/ollama": "1.3.0",
  },
} as const;
