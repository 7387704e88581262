import type { Operation, UnifiedFinishReason } from "../catalogue/values.ts";

/** How an inference ended: in our words, and in its engine's. */
export interface FinishReason {
  readonly unified: UnifiedFinishReason;
  /** The engine's own word, such as `eogToken`. */
  readonly raw?: string;
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
  readonly finishReason: FinishReason;
  readonly failure?: Failure;
  readonly parameters: RequestParameters;
  /** When it was issued, by the wall clock: for people, not for arithmetic. */
  readonly startedAt: Date;
  /** Issued → ended. */
  readonly durationMs: number;
  /** Issued → the engine began to evaluate. */
  readonly queueMs?: number;
  /** The engine began to evaluate the prompt → its first token. */
  readonly promptEvalMs?: number;
  /** Time to first token: issued → first token, queue included. */
  readonly firstTokenMs?: number;
  /** First token → last token. */
  readonly decodeMs?: number;
  /** (output tokens − 1) / decode time; undefined under two tokens. */
  readonly tokensPerSecond?: number;
  /** Prompt tokens, those reused from the KV cache included. */
  readonly promptTokens?: number;
  /** Prompt tokens whose KV entries were reused. */
  readonly cachedPromptTokens?: number;
  /** Tokens that the model generated. */
  readonly outputTokens?: number;
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}
