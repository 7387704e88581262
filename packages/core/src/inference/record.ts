import type { Operation, SloOutcome, ToolOutcome, UnifiedFinishReason } from "../catalogue/values.ts";

/** How an inference ended: in our words, and in its engine's. */
export interface FinishReason {
  readonly unified: UnifiedFinishReason;
  /** The engine's own word, such as `eogToken`. */
  readonly raw?: string;
}

/** Where a model runs: in this process, or behind HTTP. */
export type InferenceKind = "internal" | "client";

/** Where a model is served. */
export interface ServerAddress {
  /** The host's name or address, without credentials, port and path. */
  readonly address: string;
  readonly port?: number;
}

/**
 * What a model server says of its own times, in milliseconds of its own clock: parts of what this process waited, never moments. What it does
 * not say is absent.
 */
export interface ServerTimes {
  /** It waited for a place in the server. vLLM tells it. */
  readonly queueMs?: number;
  /** The model was loaded first. Ollama tells it. */
  readonly loadMs?: number;
  /** The prompt's evaluation. */
  readonly promptEvalMs?: number;
  /** First token → last token, as the server generated them. */
  readonly decodeMs?: number;
}

/** What the caller asked for, as far as it is known and holds no content. */
export interface RequestParameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stream?: boolean;
}

/** The gaps between an answer's tokens. */
export interface TokenGaps {
  readonly count: number;
  readonly sumMs: number;
  readonly maxMs: number;
  /** How many fell into each bucket of `inter_token_latency_seconds`; the last one is over every bound. */
  readonly buckets: readonly number[];
}

/** What became of the tokens that a token predictor, or a draft model, drafted. */
export interface SpeculativeTokens {
  /** Right, and taken into the answer. */
  readonly used: number;
  /** Right, and not needed. Absent where the engine does not tell them: llama-server does not. */
  readonly unused?: number;
  /** Wrong, or behind one that was. */
  readonly refuted: number;
}

/** One ended run of a function that a model called. */
export interface ToolRecord {
  /** The model that called it. */
  readonly model: string;
  readonly tool: string;
  readonly outcome: ToolOutcome;
  /** Unknown where the clock went back meanwhile. */
  readonly durationMs?: number;
  readonly failure?: Failure;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** Whether its trace is sampled: one that is not will be found nowhere. */
  readonly sampled?: boolean;
}

/** A failure without its message: messages can hold prompts. */
export interface Failure {
  /** One of the catalogue's error types, or the error's class name. */
  readonly type: string;
}

/**
 * One ended inference. Immutable; what is unknown is absent, never 0. Durations are milliseconds of the process's monotonic clock.
 */
export interface InferenceRecord {
  readonly model: string;
  readonly operation: Operation;
  /** OpenTelemetry's `gen_ai.provider.name`. */
  readonly provider: string;
  /** Whether the model ran in this process or behind HTTP. */
  readonly kind: InferenceKind;
  readonly finishReason: FinishReason;
  readonly failure?: Failure;
  readonly parameters: RequestParameters;
  /** The name that the caller asked for, where an adapter knows it. */
  readonly requestedModel?: string;
  /** The name that the server gave. */
  readonly reportedModel?: string;
  /** The server's id of the answer. */
  readonly responseId?: string;
  readonly server?: ServerAddress;
  /** Attempts of the same call that came before: 0 is the first. */
  readonly attempt?: number;
  readonly serverTimes?: ServerTimes;
  /**
   * What the server's own times leave unexplained of the wait for the first token, or of the whole where the answer came in one piece: its
   * queue where it does not tell that, the network, its parsing. An estimate from two clocks' durations: absent where it would be negative.
   */
  readonly unexplainedMs?: number;
  /** When it was issued, by the wall clock: for people, not for arithmetic. */
  readonly startedAt: Date;
  /** Issued → ended. Unknown where the clock went back meanwhile. */
  readonly durationMs?: number;
  /** Issued → the engine began to evaluate: the first batch with its tokens is decoded. */
  readonly queueMs?: number;
  /** The engine began to evaluate the prompt → its first token; as the server told it, where the model runs in one. */
  readonly promptEvalMs?: number;
  /** Time to first token: issued → first token, queue included. */
  readonly firstTokenMs?: number;
  /**
   * What the reader waited: the arrival of the HTTP request → first token. Of the inference alone whose token was the first one of its request
   * for the reader; `beforeModelMs` and `firstTokenMs` are its parts.
   */
  readonly requestFirstTokenMs?: number;
  /** The arrival of the HTTP request → issued, of that same inference: parsing, retrieval, the app's own queue. */
  readonly beforeModelMs?: number;
  /** First token → last token; as the server told it, where the model runs in one that does. */
  readonly decodeMs?: number;
  /** (output tokens − 1) / decode time; undefined under two tokens. */
  readonly tokensPerSecond?: number;
  /** (duration − time to first token) / (output tokens − 1); undefined under two tokens. */
  readonly timePerOutputTokenMs?: number;
  /** Undefined under two tokens, and where tokens did not come one by one. */
  readonly tokenGaps?: TokenGaps;
  /** The longest delay of Node's event loop while it ran: what a gap may owe to the process instead of the model. */
  readonly eventLoopDelayMs?: number;
  /** Prompt tokens, those reused from the KV cache included. */
  readonly promptTokens?: number;
  /** Prompt tokens whose KV entries were reused. */
  readonly cachedPromptTokens?: number;
  /** Tokens that were really evaluated as a prompt, those evaluated again after a context shift included. */
  readonly promptEvalTokens?: number;
  /** Tokens that the model generated. */
  readonly outputTokens?: number;
  /** Output tokens in which the model thought. */
  readonly reasoningTokens?: number;
  /** Output tokens that nobody got. */
  readonly undeliveredTokens?: number;
  /** Times that tokens were evicted so that generation could go on. */
  readonly contextShifts?: number;
  readonly speculativeTokens?: SpeculativeTokens;
  /** Functions that the model called. */
  readonly toolCalls?: number;
  /** The length of an embedding. */
  readonly dimensions?: number;
  /** Whether it held the configured objectives; undefined where none is configured, or an abort leaves it open. */
  readonly slo?: SloOutcome;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
  /** Whether its trace is sampled: one that is not will be found nowhere. */
  readonly sampled?: boolean;
}

/** A record while it is made. */
export type UnfinishedRecord = { -readonly [Name in keyof InferenceRecord]: InferenceRecord[Name] };
