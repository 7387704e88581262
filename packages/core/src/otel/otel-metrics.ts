import type { Attributes } from "@opentelemetry/api";
import type { Observer } from "../aiwatch/observer.ts";
import { capped, closed } from "../catalogue/row.ts";
import { generates, isCompleted, operations } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { LabelLimiter } from "../instruments/label-values.ts";
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
  const bounded = boundedAttributes();
  return {
    name: "otel-metrics",
    inferenceEnded(record) {
      const now = recorders();
      const attributes = { ...bounded.ofOperation(record), ...modelAttributes(nameOf(record.model)) };
      const withFailure = { ...attributes, ...bounded.ofFailure(record) };
      recordClient(now, record, attributes, withFailure);
      recordTokens(now, record, attributes);
      if (record.kind === "internal") recordServer(now, record, attributes, withFailure);
    },
  };
}

/** What plain JavaScript may make up is bounded here, too: a meter keeps a series for each. */
function boundedAttributes() {
  const described = new LabelLimiter(
    { [attribute.operation]: closed(...operations), [attribute.provider]: capped(50) },
    () => {},
  );
  const failed = new LabelLimiter({ [attribute.errorType]: capped(60) }, () => {});
  const bound = (limiter: LabelLimiter, values: Readonly<Record<string, string>>): Attributes =>
    limiter.labelsOf(limiter.admit(values, false));
  return {
    ofOperation: ({ operation, provider }: InferenceRecord) =>
      bound(described, { [attribute.operation]: operation, [attribute.provider]: provider }),
    ofFailure: ({ failure }: InferenceRecord) =>
      failure === undefined ? {} : bound(failed, { [attribute.errorType]: failure.type }),
  };
}

function modelAttributes(model: string): Attributes {
  return { [attribute.requestModel]: model, [attribute.responseModel]: model };
}

/** @param withFailure of the durations alone the conventions ask why an operation failed */
function recordClient(
  recorders: Recorders,
  record: InferenceRecord,
  attributes: Attributes,
  withFailure: Attributes,
): void {
  const { operation, durationMs, firstTokenMs, parameters } = record;
  const duration = generates(operation) ? recorders.inferenceDuration : recorders.operationDuration;
  recordSeconds(duration, durationMs, withFailure);
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
function recordServer(
  recorders: Recorders,
  record: InferenceRecord,
  attributes: Attributes,
  withFailure: Attributes,
): void {
  recordSeconds(recorders.serverRequestDuration, record.durationMs, withFailure);
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
