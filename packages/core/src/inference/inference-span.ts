import { type Attributes, type Span, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { known } from "../tracing/known-attributes.ts";
import { attribute, ownAttribute } from "../tracing/semconv.ts";
import { currentTracer } from "../tracing/span.ts";
import type { InferenceStart } from "./inference.ts";
import type { InferenceRecord, RequestParameters } from "./record.ts";

/** `{operation} {model}`, with what a sampler may want to know from the start. */
export function startInferenceSpan(start: Required<InferenceStart>): Span {
  const { model, operation, provider, parameters, kind } = start;
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

export function endInferenceSpan(span: Span, record: InferenceRecord): void {
  if (span.isRecording()) {
    span.setAttributes(resultAttributes(record));
    if (record.failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
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
  const { finishReason, firstTokenMs, queueMs, promptEvalMs } = record;
  // the conventions have no word for an abort: a cancelled answer's finish reason is `error`, and the span's status stays unset
  const unified = finishReason.unified === "aborted" ? "error" : finishReason.unified;
  return known({
    [attribute.finishReasons]: [unified],
    [attribute.responseModel]: record.model,
    [attribute.inputTokens]: record.promptTokens,
    [attribute.outputTokens]: record.outputTokens,
    [attribute.cacheReadInputTokens]: record.cachedPromptTokens,
    [attribute.timeToFirstChunk]: seconds(firstTokenMs),
    [attribute.errorType]: record.failure?.type,
    [ownAttribute.finishReason]: finishReason.unified,
    [ownAttribute.finishReasonRaw]: finishReason.raw,
    [ownAttribute.queueSeconds]: seconds(queueMs),
    [ownAttribute.promptEvalSeconds]: seconds(promptEvalMs),
    [ownAttribute.tokensPerSecond]: record.tokensPerSecond,
    [ownAttribute.requestId]: record.requestId,
  });
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
