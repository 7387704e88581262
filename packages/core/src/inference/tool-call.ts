import { type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { cutText, errorName } from "../base/errors.ts";
import { type Clock, elapsedMs } from "../base/time.ts";
import type { ToolOutcome } from "../catalogue/values.ts";
import { activeContextWith, runIn } from "../tracing/context.ts";
import { attribute, known, ownAttribute } from "../tracing/semconv.ts";
import { currentTracer, silentSpan, spanReferenceOf } from "../tracing/span.ts";
import { failureTypeOf } from "./received-values.ts";
import type { ToolRecord } from "./record.ts";
import type { ToolHandle, ToolStart } from "./tool-handle.ts";

/** What a tool call needs of its inference. */
export interface ToolOwner {
  readonly model: string;
  readonly span: Span;
  readonly requestId: string | undefined;
  /** The inference was aborted: what its tools do from then on is for nobody. */
  readonly aborted: boolean;
  readonly clock: Clock;
  readonly diagnostics: Diagnostics;
  toolEnded(record: ToolRecord): void;
}

export class ToolCall implements ToolHandle {
  readonly span: Span;
  ended = false;
  readonly #owner: ToolOwner;
  readonly #tool: string;
  readonly #startedAt: number;

  /** @param start as `toolStartOf` gives it */
  constructor(owner: ToolOwner, start: ToolStart) {
    this.#owner = owner;
    this.#tool = start.name;
    this.#startedAt = owner.clock.now();
    const begin = () => startToolSpan(owner.span, start);
    this.span = owner.diagnostics.guard("tracer", "starting a tool's span", begin) ?? silentSpan();
  }

  run<Result>(action: () => Result): Result {
    return runIn(
      () => activeContextWith(this.span),
      action,
      (error) => this.#owner.diagnostics.fault("tracer", "activating a tool's span", error),
    );
  }

  end(): void {
    this.#finish(this.#owner.aborted ? "aborted" : "ok");
  }

  abort(): void {
    this.#finish("aborted");
  }

  fail(error: unknown, type?: string): void {
    if (this.#owner.aborted) this.#finish("aborted");
    else this.#finish("error", failureTypeOf(type) ?? errorName(error));
  }

  #finish(outcome: ToolOutcome, failureType?: string): void {
    if (this.ended) return;
    this.ended = true;
    const { model, clock, diagnostics, requestId } = this.#owner;
    const durationMs = elapsedMs(this.#startedAt, clock.now());
    diagnostics.guard("tracer", "writing a tool's span", () => writeToolSpan(this.span, outcome, failureType));
    diagnostics.guard("tracer", "ending a tool's span", () => this.span.end());
    this.#owner.toolEnded(
      Object.freeze({
        model,
        tool: this.#tool,
        outcome,
        ...(durationMs !== undefined && { durationMs }),
        ...(failureType !== undefined && { failure: Object.freeze({ type: failureType }) }),
        ...(requestId !== undefined && { requestId }),
        ...spanReferenceOf(() => this.span, diagnostics),
      }),
    );
  }
}

/** A model makes up its calls: what it names is as long as it likes. */
const maxNameLength = 256;
const maxDescriptionLength = 1024;

function startToolSpan(parent: Span, { name: given, callId, description }: ToolStart): Span {
  const name = cutText(given, maxNameLength);
  const attributes = known({
    [attribute.operation]: "execute_tool",
    [attribute.toolName]: name,
    [attribute.toolType]: "function",
    [attribute.toolCallId]: callId && cutText(callId, maxNameLength),
    [attribute.toolDescription]: description && cutText(description, maxDescriptionLength),
  });
  const options = { kind: SpanKind.INTERNAL, attributes };
  return currentTracer().startSpan(`execute_tool ${name}`, options, activeContextWith(parent));
}

function writeToolSpan(span: Span, outcome: ToolOutcome, failureType: string | undefined): void {
  if (!span.isRecording()) return;
  span.setAttribute(ownAttribute.toolOutcome, outcome);
  if (failureType === undefined) return;
  span.setAttribute(attribute.errorType, cutText(failureType, maxNameLength));
  span.setStatus({ code: SpanStatusCode.ERROR });
}
