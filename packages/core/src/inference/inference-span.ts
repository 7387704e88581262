import {
  type Attributes,
  type AttributeValue,
  isSpanContextValid,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import type { Diagnostics } from "../base/diagnostics.ts";
import { cutText } from "../base/errors.ts";
import { attribute, contentEvent, ownAttribute, ownEvent } from "../tracing/semconv.ts";
import { currentTracer, silentSpan } from "../tracing/span.ts";
import { inSeconds } from "./arithmetic.ts";
import { type ContentSettings, instructionsJson, type Message, messagesJson } from "./content.ts";
import type { Sent, Started } from "./received-values.ts";
import type { InferenceRecord, RequestParameters, ServerTimes, UnfinishedRecord } from "./record.ts";

/**
 * An inference's span. A fault of the app's tracing is reported and never reaches the inference. Each call of the tracing is caught where it
 * stands: a guard would make a closure for each.
 */
export class InferenceSpan {
  readonly span: Span;
  readonly capturesContent: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #content: ContentSettings;
  readonly #isRecording: boolean;
  #texts: Attributes | undefined;

  constructor(start: Started, host: { readonly diagnostics: Diagnostics; readonly content: ContentSettings }) {
    this.#diagnostics = host.diagnostics;
    this.#content = host.content;
    this.span = this.#start(start);
    this.#isRecording = this.#isRecorded();
    this.capturesContent = this.#content.target !== "none" && this.#isRecording;
  }

  /** Puts the ids into a record, where the app has tracing. */
  addIds(record: UnfinishedRecord): void {
    try {
      const spanContext = this.span.spanContext();
      if (spanContext === undefined || !isSpanContextValid(spanContext)) return;
      const { traceId, spanId, traceFlags } = spanContext;
      record.traceId = traceId;
      record.spanId = spanId;
      record.sampled = (traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
    } catch (error) {
      this.#diagnostics.fault("tracer", "reading a span's ids", error);
    }
  }

  /** The name of the model that was asked for is known by now. */
  requested(operation: string, model: string): void {
    if (!this.#isRecording) return;
    try {
      const name = cut(model);
      this.span.updateName(`${operation} ${name}`);
      this.span.setAttribute(attribute.requestModel, name);
    } catch (error) {
      this.#diagnostics.fault("tracer", "naming an inference's span", error);
    }
  }

  promptEvaluated(promptTokens: number | undefined, cachedPromptTokens: number | undefined): void {
    if (!this.#isRecording) return;
    const attributes: Attributes = {};
    add(attributes, attribute.inputTokens, promptTokens);
    add(attributes, attribute.cacheReadInputTokens, cachedPromptTokens);
    this.#event(ownEvent.promptEvaluated, attributes);
  }

  contextShifted(): void {
    if (this.#isRecording) this.#event(ownEvent.contextShift, {});
  }

  input(messages: readonly Message[], instructions?: string): void {
    this.#take(({ maxLength }) => {
      this.#texts ??= {};
      this.#texts[attribute.inputMessages] = messagesJson(messages, maxLength);
      if (instructions === undefined) return;
      this.#texts[attribute.systemInstructions] = instructionsJson(instructions, maxLength);
    });
  }

  output(messages: readonly Message[]): void {
    this.#take(({ maxLength }) => {
      this.#texts ??= {};
      this.#texts[attribute.outputMessages] = messagesJson(messages, maxLength);
    });
  }

  end(record: InferenceRecord): void {
    if (this.#isRecording) this.#write(record);
    // whatever could not be written: a span that is never ended is never sent
    try {
      this.span.end();
    } catch (error) {
      this.#diagnostics.fault("tracer", "ending an inference's span", error);
    }
  }

  #start(start: Started): Span {
    try {
      return startInferenceSpan(start);
    } catch (error) {
      this.#diagnostics.fault("tracer", "starting an inference's span", error);
      return silentSpan();
    }
  }

  #isRecorded(): boolean {
    try {
      return this.span.isRecording() === true;
    } catch (error) {
      this.#diagnostics.fault("tracer", "asking a span", error);
      return false;
    }
  }

  #write(record: InferenceRecord): void {
    try {
      setResult(this.span, record);
      if (record.failure !== undefined) this.span.setStatus({ code: SpanStatusCode.ERROR });
      if (this.#texts !== undefined) this.#writeContent(this.#texts);
    } catch (error) {
      this.#diagnostics.fault("tracer", "writing an inference's span", error);
    }
  }

  #take(write: (content: ContentSettings) => void): void {
    if (this.capturesContent) this.#diagnostics.guard("adapter", "taking messages", () => write(this.#content));
  }

  #writeContent(texts: Attributes): void {
    const { target } = this.#content;
    if (target === "span" || target === "span_and_event") this.span.setAttributes(texts);
    if (target === "event" || target === "span_and_event") this.span.addEvent(contentEvent, texts);
  }

  #event(name: string, attributes: Attributes): void {
    try {
      this.span.addEvent(name, attributes);
    } catch (error) {
      this.#diagnostics.fault("tracer", "adding an event to an inference's span", error);
    }
  }
}

/** Adds what is known. */
function add(attributes: Attributes, name: string, value: AttributeValue | undefined): void {
  if (value !== undefined) attributes[name] = value;
}

/** Sets what is known. */
function set(span: Span, name: string, value: AttributeValue | undefined): void {
  if (value !== undefined) span.setAttribute(name, value);
}

/** A model's name may come from a file that somebody else made, an engine's words from a server. */
const maxNameLength = 256;

function cut(text: string): string {
  return cutText(text, maxNameLength);
}

/** `{operation} {model}`, with what a sampler may want to know from the start. */
function startInferenceSpan(start: Started): Span {
  const { operation, provider, parameters, kind, sent } = start;
  const model = cut(sent?.requestedModel ?? start.model);
  const attributes: Attributes = {
    [attribute.operation]: operation,
    [attribute.provider]: provider,
    [attribute.requestModel]: model,
  };
  if (sent !== undefined) addSent(attributes, sent);
  addParameters(attributes, parameters);
  return currentTracer().startSpan(`${operation} ${model}`, {
    kind: kind === "client" ? SpanKind.CLIENT : SpanKind.INTERNAL,
    attributes,
  });
}

function addSent(attributes: Attributes, { server, attempt }: Sent): void {
  if (server !== undefined) attributes[attribute.serverAddress] = cut(server.address);
  add(attributes, attribute.serverPort, server?.port);
  // as HTTP's conventions have it, the first attempt has none
  if (attempt !== undefined && attempt > 0) attributes[attribute.resendCount] = attempt;
}

function addParameters(attributes: Attributes, parameters: RequestParameters): void {
  add(attributes, attribute.maxTokens, parameters.maxTokens);
  add(attributes, attribute.temperature, parameters.temperature);
  add(attributes, attribute.topP, parameters.topP);
  add(attributes, attribute.topK, parameters.topK);
  add(attributes, attribute.seed, parameters.seed);
  add(attributes, attribute.stream, parameters.stream);
}

/** One by one: an object of them all would be garbage, which the SDK's span copies into its own. */
function setResult(span: Span, record: InferenceRecord): void {
  const { finishReason, failure } = record;
  const { unified, raw } = finishReason;
  // the conventions have no word for an abort: a cancelled answer's finish reason is `error`, and the span's status stays unset
  span.setAttribute(attribute.finishReasons, [unified === "aborted" ? "error" : unified]);
  span.setAttribute(attribute.responseModel, cut(record.reportedModel ?? record.model));
  span.setAttribute(ownAttribute.finishReason, unified);
  set(span, attribute.inputTokens, record.promptTokens);
  set(span, attribute.outputTokens, record.outputTokens);
  set(span, attribute.cacheReadInputTokens, record.cachedPromptTokens);
  set(span, attribute.reasoningOutputTokens, record.reasoningTokens);
  set(span, attribute.timeToFirstChunk, inSeconds(record.firstTokenMs));
  set(span, attribute.embeddingDimensions, record.dimensions);
  set(span, attribute.errorType, failure && cut(failure.type));
  set(span, ownAttribute.finishReasonRaw, raw && cut(raw));
  set(span, ownAttribute.requestFirstTokenSeconds, inSeconds(record.requestFirstTokenMs));
  set(span, ownAttribute.beforeModelSeconds, inSeconds(record.beforeModelMs));
  set(span, ownAttribute.queueSeconds, inSeconds(record.queueMs));
  set(span, ownAttribute.promptEvalSeconds, inSeconds(record.promptEvalMs));
  set(span, ownAttribute.timePerOutputTokenSeconds, inSeconds(record.timePerOutputTokenMs));
  set(span, ownAttribute.eventLoopDelaySeconds, inSeconds(record.eventLoopDelayMs));
  set(span, ownAttribute.tokensPerSecond, record.tokensPerSecond);
  set(span, ownAttribute.undeliveredTokens, record.undeliveredTokens);
  set(span, ownAttribute.toolCalls, record.toolCalls);
  set(span, ownAttribute.requestId, record.requestId);
  if (record.kind === "client") setServed(span, record);
}

/** What a server said. */
function setServed(span: Span, record: InferenceRecord): void {
  const { provider, responseId, serverTimes, unexplainedMs } = record;
  // the answer may have shown another one than it began with
  span.setAttribute(attribute.provider, provider);
  set(span, attribute.responseId, responseId && cut(responseId));
  set(span, ownAttribute.unexplainedSeconds, inSeconds(unexplainedMs));
  if (serverTimes !== undefined) setServerTimes(span, serverTimes);
}

function setServerTimes(span: Span, { queueMs, loadMs, promptEvalMs, decodeMs }: ServerTimes): void {
  set(span, ownAttribute.serverQueueSeconds, inSeconds(queueMs));
  set(span, ownAttribute.serverLoadSeconds, inSeconds(loadMs));
  set(span, ownAttribute.serverPromptEvalSeconds, inSeconds(promptEvalMs));
  set(span, ownAttribute.serverDecodeSeconds, inSeconds(decodeMs));
}
