import { type Attributes, type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { cutText } from "../base/errors.ts";
import { attribute, contentEvent, known, ownAttribute, ownEvent } from "../tracing/semconv.ts";
import { currentTracer, type SpanReference, silentSpan, spanReferenceOf } from "../tracing/span.ts";
import { inSeconds } from "./arithmetic.ts";
import { type ContentSettings, instructionsJson, type Message, messagesJson } from "./content.ts";
import type { Started } from "./given.ts";
import type { InferenceRecord, RequestParameters } from "./record.ts";

/** An inference's span. A fault of the app's tracing is reported and never reaches the inference. */
export class InferenceSpan {
  readonly span: Span;
  readonly capturesContent: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #content: ContentSettings;
  readonly #isRecording: boolean;
  readonly #texts: Attributes = {};

  constructor(start: Started, host: { readonly diagnostics: Diagnostics; readonly content: ContentSettings }) {
    this.#diagnostics = host.diagnostics;
    this.#content = host.content;
    this.span =
      this.#diagnostics.guard("tracer", "starting an inference's span", () => startInferenceSpan(start)) ??
      silentSpan();
    this.#isRecording = this.#diagnostics.guard("tracer", "asking a span", () => this.span.isRecording()) ?? false;
    this.capturesContent = this.#content.target !== "none" && this.#isRecording;
  }

  get ids(): SpanReference | undefined {
    return spanReferenceOf(() => this.span, this.#diagnostics);
  }

  promptEvaluated(promptTokens: number | undefined, cachedPromptTokens: number | undefined): void {
    this.#event(ownEvent.promptEvaluated, {
      [attribute.inputTokens]: promptTokens,
      [attribute.cacheReadInputTokens]: cachedPromptTokens,
    });
  }

  contextShifted(): void {
    this.#event(ownEvent.contextShift, {});
  }

  input(messages: readonly Message[], instructions?: string): void {
    this.#take(({ maxLength }) => {
      this.#texts[attribute.inputMessages] = messagesJson(messages, maxLength);
      if (instructions === undefined) return;
      this.#texts[attribute.systemInstructions] = instructionsJson(instructions, maxLength);
    });
  }

  output(messages: readonly Message[]): void {
    this.#take(({ maxLength }) => {
      this.#texts[attribute.outputMessages] = messagesJson(messages, maxLength);
    });
  }

  end(record: InferenceRecord): void {
    if (this.#isRecording) {
      this.#diagnostics.guard("tracer", "writing an inference's span", () => {
        this.span.setAttributes(resultAttributes(record));
        if (record.failure !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR });
        this.#writeContent();
      });
    }
    // whatever could not be written: a span that is never ended is never sent
    this.#diagnostics.guard("tracer", "ending an inference's span", () => this.span.end());
  }

  #take(write: (content: ContentSettings) => void): void {
    if (this.capturesContent) this.#diagnostics.guard("adapter", "taking messages", () => write(this.#content));
  }

  #writeContent(): void {
    if (Object.keys(this.#texts).length === 0) return;
    const { target } = this.#content;
    if (target === "span" || target === "span_and_event") this.span.setAttributes(this.#texts);
    if (target === "event" || target === "span_and_event") this.span.addEvent(contentEvent, this.#texts);
  }

  #event(name: string, attributes: Parameters<typeof known>[0]): void {
    if (!this.#isRecording) return;
    const add = () => this.span.addEvent(name, known(attributes));
    this.#diagnostics.guard("tracer", "adding an event to an inference's span", add);
  }
}

/** A model's name may come from a file that somebody else made, an engine's words from a server. */
const maxNameLength = 256;

/** `{operation} {model}`, with what a sampler may want to know from the start. */
function startInferenceSpan(start: Started): Span {
  const { operation, provider, parameters, kind } = start;
  const model = cutText(start.model, maxNameLength);
  return currentTracer().startSpan(`${operation} ${model}`, {
    kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    attributes: {
      [attribute.operation]: operation,
      [attribute.provider]: provider,
      [attribute.requestModel]: model,
      ...parameterAttributes(parameters),
    },
  });
}

function parameterAttributes(parameters: RequestParameters): Attributes {
  return known({
    [attribute.maxTokens]: parameters.maxTokens,
    [attribute.temperature]: parameters.temperature,
    [attribute.topP]: parameters.topP,
    [attribute.topK]: parameters.topK,
    [attribute.seed]: parameters.seed,
    [attribute.stream]: parameters.stream,
  });
}

function resultAttributes(record: InferenceRecord): Attributes {
  const { finishReason, firstTokenMs, queueMs, promptEvalMs, timePerOutputTokenMs, eventLoopDelayMs } = record;
  // the conventions have no word for an abort: a cancelled answer's finish reason is `error`, and the span's status stays unset
  const unified = finishReason.unified === "aborted" ? "error" : finishReason.unified;
  return known({
    [attribute.finishReasons]: [unified],
    [attribute.responseModel]: cutText(record.model, maxNameLength),
    [attribute.inputTokens]: record.promptTokens,
    [attribute.outputTokens]: record.outputTokens,
    [attribute.cacheReadInputTokens]: record.cachedPromptTokens,
    [attribute.reasoningOutputTokens]: record.reasoningTokens,
    [attribute.timeToFirstChunk]: inSeconds(firstTokenMs),
    [attribute.embeddingDimensions]: record.dimensions,
    [attribute.errorType]: record.failure && cutText(record.failure.type, maxNameLength),
    [ownAttribute.finishReason]: finishReason.unified,
    [ownAttribute.finishReasonRaw]: finishReason.raw && cutText(finishReason.raw, maxNameLength),
    [ownAttribute.queueSeconds]: inSeconds(queueMs),
    [ownAttribute.promptEvalSeconds]: inSeconds(promptEvalMs),
    [ownAttribute.timePerOutputTokenSeconds]: inSeconds(timePerOutputTokenMs),
    [ownAttribute.eventLoopDelaySeconds]: inSeconds(eventLoopDelayMs),
    [ownAttribute.tokensPerSecond]: record.tokensPerSecond,
    [ownAttribute.undeliveredTokens]: record.undeliveredTokens,
    [ownAttribute.requestId]: record.requestId,
  });
}
