import type { Operation } from "@aiwatch/core";
import { readChat, readNative } from "../answers/chat.ts";
import type { Figures } from "../answers/figures.ts";
import { readOllama } from "../answers/ollama.ts";
import { readMessages, readResponses } from "../answers/typed-events.ts";
import { readEmbeddings, readRanking } from "../answers/vectors.ts";

/** One API of a model server: what it does, and how its answers are read. */
export interface Api {
  readonly operation: Operation;
  /** Found in the text of an event that holds output: a text, a thought, or a tool call. */
  readonly spoken: RegExp;
  /** Found in the text of an event that tells more than output, and is parsed. */
  readonly telling: RegExp;
  /** Reads an event, or the whole answer. */
  readonly read: (event: object, figures: Figures) => void;
  /** Whether it streams a JSON text in each line, unless the request says no. */
  readonly streamsLines?: boolean;
  /** The provider that such an answer shows, unless it shows another one itself. */
  readonly provider?: string;
  /** What of a request holds the prompt, where one without a prompt only loads the model, or unloads it. */
  readonly promptAt?: "messages" | "prompt";
  /** Whether `stream_options` can ask it for the usage of a stream. */
  readonly hasStreamOptions?: boolean;
}

const chat: Api = {
  operation: "chat",
  spoken: /"(?:content|reasoning_content|reasoning|refusal|text|arguments)":\s*"(?!")|"tool_calls":\s*\[\s*\{/,
  telling:
    /"(?:finish_reason":\s*"|object":\s*"error"|(?:usage|timings|metrics|error)":\s*[{"]|tool_calls":\s*\[\s*\{|function_call":\s*\{)/,
  read: readChat,
  hasStreamOptions: true,
};

const completions: Api = { ...chat, operation: "text_completion" };

const native: Api = {
  operation: "text_completion",
  spoken: /"content":\s*"(?!")/,
  telling: /"(?:stop":\s*true|(?:timings|error)":\s*[{"])/,
  read: readNative,
  provider: "llama.cpp",
};

const responses: Api = {
  operation: "chat",
  spoken: /^(?=.*"type":\s*"response\.[\w.]+\.delta").*"delta":\s*"(?!")/s,
  telling: /"type":\s*"(?:response\.(?:completed|incomplete|failed|output_item\.done)|error)"|"timings":\s*\{/,
  read: readResponses,
};

const messages: Api = {
  operation: "chat",
  spoken: /"(?:text|thinking|partial_json)":\s*"(?!")|"type":\s*"tool_use"/,
  telling: /"type":\s*"(?:message_start|message_delta|message_stop|tool_use|error)"/,
  read: readMessages,
};

const ollamaChat: Api = {
  operation: "chat",
  spoken: /"(?:content|response|thinking)":\s*"(?!")|"tool_calls":\s*\[\s*\{/,
  telling: /"(?:done":\s*true|error":\s*[{"]|tool_calls":\s*\[\s*\{)/,
  read: readOllama,
  streamsLines: true,
  provider: "ollama",
  promptAt: "messages",
};

const never = /(?!)/;

const embeddings: Api = { operation: "embeddings", spoken: never, telling: never, read: readEmbeddings };

const ranking: Api = { ...embeddings, operation: "rerank", read: readRanking };

/** By the end of the URL's path. */
const apis: ReadonlyMap<string, Api> = new Map([
  ["/chat/completions", chat],
  ["/completions", completions],
  ["/completion", native],
  ["/infill", native],
  ["/responses", responses],
  ["/messages", messages],
  ["/embeddings", embeddings],
  ["/rerank", ranking],
  ["/reranking", ranking],
  ["/api/chat", ollamaChat],
  ["/api/generate", { ...ollamaChat, operation: "text_completion", promptAt: "prompt" }],
  ["/api/embed", { ...embeddings, provider: "ollama" }],
  ["/api/embeddings", { ...embeddings, provider: "ollama" }],
]);

/** The API that a URL's path leads to. @returns undefined where none that makes a model work does */
export function apiAt(pathname: string): Api | undefined {
  const path = pathname.endsWith("/") ? pathname.slice(0, -1) : pathname;
  const last = path.lastIndexOf("/");
  const before = path.lastIndexOf("/", last - 1);
  return (before === -1 ? undefined : apis.get(path.slice(before))) ?? apis.get(path.slice(last));
}
