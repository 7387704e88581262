import type { Span } from "@opentelemetry/api";

/** A function that a model calls. */
export interface ToolStart {
  /** The function's name. */
  readonly name: string;
  /** The call's id, where the engine has one. */
  readonly callId?: string;
  /** What the function is for. */
  readonly description?: string;
}

/** One running function that a model called. It ends exactly once. */
export interface ToolHandle {
  /** Its span, a child of the inference's. */
  readonly span: Span;
  readonly ended: boolean;
  /** Runs `action` with the call's span as the active one. While a promise that it gives is pending, call and inference are not given up. */
  run<Result>(action: () => Result): Result;
  end(): void;
  /** It was called off with its inference. */
  abort(): void;
  /** @param type the error's class where it is left out */
  fail(error: unknown, type?: string): void;
}
