import type { Attributes } from "@opentelemetry/api";
import { generates, isCompleted } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { Observer } from "../observer.ts";
import { attribute } from "../tracing/semconv.ts";
import type { Generation } from "./generation.ts";
import { type Recorder, type Recorders, recordersOf } from "./recorders.ts";

/**
 * Records ended inferences through OpenTelemetry's metrics API. The process is the client of every model, and the server of those that
 * live in it: `gen_ai.server.*` is never made up from what a client measured.
 * @param nameOf the model's name as a label value, bounded as everywhere
 */
export function otelMetricsObserver(generation: Generation, nameOf: (model: string) => string): Observer {
  const recorders = recordersOf(generation);
  return {
    name: "otel-metrics",
    inferenceEnded(record) {
      const now = recorders();
      const attributes = attributesOf(record, nameOf(record.model));
      recordClient(now, record, attributes);
      recordTokens(now, record, attributes);
      if (record.kind === "internal") recordServer(now, record, attributes);
    },
  };
}

function attributesOf({ operation, provider }: InferenceRecord, model: string): Attributes {
  return {
    [attribute.operation]: operation,
    [attribute.provider]: provider,
    [attribute.requestModel]: model,
    [attribute.responseModel]: model,
  };
}

/** Of the durations alone the conventions ask why an operation failed. */
function withFailure(attributes: Attributes, { failure }: InferenceRecord): Attributes {
  return failure === undefined ? attributes : { ...attributes, [attribute.errorType]: failure.type };
}

function recordClient(recorders: Recorders, record: InferenceRecord, attributes: Attributes): void {
  const { operation, durationMs, firstTokenMs, parameters } = record;
  const duration = generates(operation) ? recorders.inferenceDuration : recorders.operationDuration;
  duration(durationMs / 1000, withFailure(attributes, record));
  // an answer that is handed over whole has no first chunk
  if (parameters.stream === true) recordSeconds(recorders.timeToFirstChunk, firstTokenMs, attributes);
}

/** An unknown count is not reported: 0 would say that there were none. */
function recordTokens(recorders: Recorders, record: InferenceRecord, attributes: Attributes): void {
  const { promptTokens, outputTokens, cachedPromptTokens, reasoningTokens, kind } = record;
  recordCount(recorders.tokenUsage, promptTokens, { ...attributes, [attribute.tokenType]: "input" });
  recordCount(recorders.tokenUsage, outputTokens, { ...attributes, [attribute.tokenType]: "output" });
  // what runs here takes text alone; what a server was sent besides it nobody told us
  const ofModality = { ...attributes, [attribute.tokenModality]: kind === "internal" ? "text" : "unknown" };
  recordCount(recorders.inputTokens, promptTokens, ofModality);
  recordCount(recorders.outputTokens, outputTokens, ofModality);
  recordCount(recorders.cachedInputTokens, cachedPromptTokens, ofModality);
  recordCount(recorders.reasoningOutputTokens, reasoningTokens, ofModality);
}

/** By the conventions, the times of tokens are those of successful responses. */
function recordServer(recorders: Recorders, record: InferenceRecord, attributes: Attributes): void {
  recorders.serverRequestDuration(record.durationMs / 1000, withFailure(attributes, record));
  if (!isCompleted(record.finishReason.unified)) return;
  recordSeconds(recorders.serverTimeToFirstToken, record.firstTokenMs, attributes);
  recordSeconds(recorders.serverTimePerOutputToken, record.timePerOutputTokenMs, attributes);
}

function recordSeconds(recorder: Recorder, milliseconds: number | undefined, attributes: Attributes): void {
  if (milliseconds !== undefined) recorder(milliseconds / 1000, attributes);
}

function recordCount(recorder: Recorder, count: number | undefined, attributes: Attributes): void {
  if (count !== undefined) recorder(count, attributes);
}
