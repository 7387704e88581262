import { type Attributes, type Meter, type MeterProvider, metrics } from "@opentelemetry/api";
import type { Observer } from "../aiwatch/observer.ts";
import { catalogue } from "../catalogue/index.ts";
import { capped, closed } from "../catalogue/row.ts";
import { generates, isCompleted, operations } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { LabelLimiter } from "../instruments/label-values.ts";
import { coreSettings } from "../settings/core-settings.ts";
import { invalidSetting, readRow } from "../settings/settings.ts";
import { attribute } from "../tracing/semconv.ts";
import { type Generation, type OtelRow, type OtelRowName, otelRows, readGeneration } from "./metric-rows.ts";

export interface OtelMetricsOptions {
  /** Whose meter records. @default the provider that the app registers, whether before or after */
  readonly meterProvider?: MeterProvider;
  /** Whether anything is recorded. @default `AIWATCH_OTEL_METRICS`, else true */
  readonly enabled?: boolean;
}

/** What keeps a series for each model, by its name: as many as the metrics of Prometheus keep. */
const model = capped(catalogue.chatTokens.labels.model.cap);

/**
 * Records ended inferences through OpenTelemetry's metrics API: an observer. The process is the client of every model, and the server of
 * those that live in it: `gen_ai.server.*` is never made up from what a client measured. The names are those of the conventions' v1.41, or
 * the newest draft's where `OTEL_SEMCONV_STABILITY_OPT_IN` holds `gen_ai_latest_experimental`.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used
 * @example
 * import { createAiwatch } from "@aiwatch/core";
 * import { otelMetrics } from "@aiwatch/core/otel-metrics";
 * const aiwatch = createAiwatch({ observers: [otelMetrics()] });
 */
export function otelMetrics({ meterProvider, enabled }: OtelMetricsOptions = {}): Observer {
  if (enabled !== undefined && typeof enabled !== "boolean") {
    throw invalidSetting("the option enabled of otelMetrics", enabled, "true or false");
  }
  const isOn = readRow(coreSettings.otelMetrics, enabled);
  const recorders = recordersOf(readGeneration(), readProvider(meterProvider));
  const bounded = boundedAttributes();
  if (!isOn) return { name };
  return {
    name,
    inferenceEnded(record) {
      const now = recorders();
      const attributes = bounded.ofInference(record);
      const withFailure = { ...attributes, ...bounded.ofFailure(record) };
      recordClient(now, record, attributes, withFailure);
      recordTokens(now, record, attributes);
      if (record.kind === "internal") recordServer(now, record, attributes, withFailure);
    },
  };
}

const name = "otel-metrics";

function readProvider(given: MeterProvider | undefined): MeterProvider {
  if (given === undefined) return metrics;
  if (typeof Reflect.get(Object(given), "getMeter") === "function") return given;
  throw invalidSetting("the option meterProvider of otelMetrics", given, "a meter provider of OpenTelemetry");
}

/** What plain JavaScript may make up is bounded here, too: a meter keeps a series for each. */
function boundedAttributes() {
  const described = new LabelLimiter(
    { [attribute.operation]: closed(...operations), [attribute.provider]: capped(50), [attribute.requestModel]: model },
    () => {},
  );
  const failed = new LabelLimiter({ [attribute.errorType]: capped(60) }, () => {});
  const bound = (limiter: LabelLimiter, values: Readonly<Record<string, string>>): Attributes =>
    limiter.labelsOf(limiter.admit(values, false));
  return {
    ofInference: ({ operation, provider, model }: InferenceRecord) => {
      const values = {
        [attribute.operation]: operation,
        [attribute.provider]: provider,
        [attribute.requestModel]: model,
      };
      const attributes = bound(described, values);
      return { ...attributes, [attribute.responseModel]: attributes[attribute.requestModel] };
    },
    ofFailure: ({ failure }: InferenceRecord) =>
      failure === undefined ? {} : bound(failed, { [attribute.errorType]: failure.type }),
  };
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
  // a model in this process takes text alone; what else a server was sent is unknown
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

/** Records one value of one metric. */
type Recorder = (value: number, attributes: Attributes) => void;

/** A recorder for each row; one that the generation does not have records nothing. */
type Recorders = Readonly<Record<OtelRowName, Recorder>>;

/**
 * Gives the recorders of the meter that the app has now. Each operation looks it up: one kept from before the app registered its provider
 * would record nothing for ever. The instruments are made once for each meter.
 */
function recordersOf(generation: Generation, provider: MeterProvider): () => Recorders {
  const known = new WeakMap<Meter, Recorders>();
  return () => {
    const meter = provider.getMeter("@aiwatch/core");
    const made = known.get(meter) ?? makeRecorders(meter, generation);
    known.set(meter, made);
    return made;
  };
}

function makeRecorders(meter: Meter, generation: Generation): Recorders {
  const byName = new Map<string, Recorder>();
  const recorderOf = (row: OtelRow): Recorder => {
    const name = row.names[generation];
    if (name === undefined) return () => {};
    // two rows may share a name, and then they are one instrument
    const recorder = byName.get(name) ?? makeRecorder(meter, name, row);
    byName.set(name, recorder);
    return recorder;
  };
  return Object.fromEntries(Object.entries(otelRows).map(([key, row]) => [key, recorderOf(row)])) as Recorders;
}

function makeRecorder(meter: Meter, name: string, { unit, description, bounds }: OtelRow): Recorder {
  if (bounds === undefined) {
    const counter = meter.createCounter(name, { unit, description });
    return (value, attributes) => counter.add(value, attributes);
  }
  const advice = { explicitBucketBoundaries: [...bounds] };
  const histogram = meter.createHistogram(name, { unit, description, advice });
  return (value, attributes) => histogram.record(value, attributes);
}
