import type { Span } from "@opentelemetry/api";
import type { Operation } from "../catalogue/values.ts";
import type { Message } from "./content.ts";
import type {
  FinishReason,
  InferenceKind,
  RequestParameters,
  ServerAddress,
  ServerTimes,
  SpeculativeTokens,
} from "./record.ts";
import type { ToolHandle, ToolStart } from "./tool-handle.ts";

/** What is known when an inference is issued. */
export interface InferenceStart {
  /** The model's name, never a path. */
  readonly model: string;
  /** @default "chat" */
  readonly operation?: Operation;
  /** OpenTelemetry's `gen_ai.provider.name`. @default "llama.cpp" */
  readonly provider?: string;
  readonly parameters?: RequestParameters;
  /** Whether the model runs in this process or behind HTTP: the span's kind. @default "internal" */
  readonly kind?: InferenceKind;
  /** The model's name as the caller wrote it, where `model` is another one: `gen_ai.request.model` of the span. @default `model` */
  readonly requestedModel?: string;
  /** The server that it is sent to: `server.address` and `server.port` of the span. */
  readonly server?: ServerAddress;
  /** How many attempts of the same call came before this one, where a client tries again: 0 is the first. @default unknown */
  readonly attempt?: number;
  /**
   * Whether it may go on after the HTTP request that it begins in is closed, as a title, a job or a stream to be resumed does. Otherwise one of
   * which nothing is reported for `abandonedAfterMs` by then, and in which nothing runs, ends as `aborted`, with `abandoned` as its raw reason.
   * @default false
   */
  readonly outlivesRequest?: boolean;
  /**
   * Whether a reader waits for its tokens. If not, as for a query rewriter or a title, they do not end the wait for the request's first token
   * (`request_first_token_seconds`), and the inference does not make its request a chat.
   * @default true; false inside `withHelper`
   */
  readonly forReader?: boolean | undefined;
}

/** What an adapter begins an inference with. It ends it, and so says nothing of the request. */
export interface IssuedStart extends Omit<InferenceStart, "outlivesRequest"> {
  /**
   * How many of the output tokens so far the model thought in, for an engine that says so only at the end. Called when somebody reads the metrics,
   * never for a token; what it gives is shown until `reasoningTokens` was called, or the inference ended.
   */
  readonly reasoningSoFar?: (() => number | undefined) | undefined;
}

/** Counts that an engine reports at the end; they take the place of what was counted on the way. */
export interface Usage {
  /** Prompt tokens, those reused from the KV cache included. */
  readonly promptTokens?: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens?: number;
  readonly reasoningTokens?: number;
}

/** What a model server says of an answer. What it does not say is left out. */
export interface ServerFacts extends ServerTimes {
  /** The model's name in metrics, where the answer shows it to be another than it was begun with. Taken until the first output or count. */
  readonly countsAs?: string;
  /** Which server it is: `gen_ai.provider.name`, where the answer shows another than it was begun with. Taken until the first output or count. */
  readonly provider?: string;
  /** The model's name as the caller wrote it, where it is read after the beginning: `gen_ai.request.model` of the span. */
  readonly requestedModel?: string;
  /** The model's name as the server writes it: `gen_ai.response.model` of the span. */
  readonly model?: string;
  /** The server's id of the answer: `gen_ai.response.id` of the span. */
  readonly id?: string;
}

/**
 * One running inference. An adapter, or an app with an engine that we do not know, tells it what happened; it ends exactly once, and what
 * is reported afterwards changes nothing.
 */
export interface InferenceHandle {
  /** Its span: not recording where the app has no tracing. */
  readonly span: Span;
  readonly ended: boolean;
  /** Runs `action` with the inference's span as the active one. While a promise that it gives is pending, the inference is not given up. */
  run<Result>(action: () => Result): Result;
  /**
   * The engine began to evaluate it: it left the queue, and how long it waited is known. The first call counts, and none after the first
   * output: tokens, thoughts and tools show that it was evaluated, and not since when. Prefilled tokens and context shifts show it, too, and a
   * call that follows them still counts.
   */
  evaluationBegun(): void;
  /**
   * Prompt tokens that the engine is given, added up. They may be known while it waits.
   * @param evaluated those that it has to evaluate
   * @param cached those whose KV entries are reused. The first report counts
   */
  promptTokens(evaluated: number, cached?: number): void;
  /** Tokens that were really decoded as a prompt, added up as they are. */
  prefilled(tokens: number): void;
  /** The first output was there, for engines whose tokens cannot be counted as they come. */
  firstToken(): void;
  /**
   * Output came just now, of how many tokens is unknown: the first call is the first token, the last one the last token. The engine's usage at
   * the end says how many there were.
   */
  outputCame(): void;
  /** What the server that answers says of itself and of its times. Later facts take the place of earlier ones, each by itself. */
  served(facts: ServerFacts): void;
  /** The answer calls so many functions, which the app runs out of sight. Those of `startTool` are counted by themselves. */
  toolsCalled(count: number): void;
  /** The next token is asked for: what the consumer did since the last one is left out of the gap between the two. */
  tokenAsked(): void;
  /** Output tokens that were generated just now. @param count @default 1 */
  token(count?: number): void;
  /** Output tokens in which the model thought, added up. */
  reasoningTokens(count: number): void;
  /** How many of the output tokens nobody got. The last call counts. */
  undeliveredTokens(count: number): void;
  /** Tokens were evicted from a full context so that generation can go on. */
  contextShift(): void;
  /** What became of the drafted tokens, over the whole inference. */
  speculativeTokens(tokens: SpeculativeTokens): void;
  /** The length of an embedding. */
  dimensions(length: number): void;
  /** The model called a function, and the app runs it now. */
  startTool(start: ToolStart): ToolHandle;
  /** Whether prompts and answers are wanted: off unless the app opted in. Spares the making of messages that nobody keeps. */
  readonly capturesContent: boolean;
  /** The messages that were put in. Dropped unless content is captured. */
  input(messages: readonly Message[], instructions?: string): void;
  /** What came out. Dropped unless content is captured. */
  output(messages: readonly Message[]): void;
  /**
   * It ended by itself. A reason that is none of ours counts as `stop`, and is kept as the raw one; an `error` is one of the engine's, unless
   * `fail` says which.
   */
  end(finishReason: FinishReason, usage?: Usage): void;
  /** The caller ended it. @param usage what the engine had reported by then */
  abort(raw?: string, usage?: Usage): void;
  /**
   * It failed.
   * @param type one of the catalogue's error types, or one that the engine declared; the error's class where it is left out
   * @param usage what the engine had reported by then
   */
  fail(error: unknown, type?: string, usage?: Usage): void;
}
