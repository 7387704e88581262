import { catalogue } from "../catalogue/index.ts";
import type { CounterRow, GaugeRow, HistogramRow, LabelRule } from "../catalogue/row.ts";
import { errorOperations, errorTypes, telemetrySources } from "../catalogue/values.ts";
import { type Clock, monotonicClock } from "../clock.ts";
import { ModelBoard } from "../models/model-board.ts";
import type { ModelReadings } from "../models/readings.ts";
import { sharedState } from "../state.ts";
import { CounterMetric } from "./counter.ts";
import { GaugeMetric, ReadGauge } from "./gauge.ts";
import { HistogramMetric } from "./histogram.ts";
import type { AdmittedValues } from "./label-limiter.ts";
import type { RegistryMetric } from "./metric.ts";
import { type MetricsRegistry, register } from "./registry.ts";

/** Every row of the catalogue as a metric, and the models that the gauges read. */
export type Instruments = ReturnType<typeof makeInstruments>;

/** The registry's instruments: made at the first call, the same ones ever after. */
export function instrumentsOf(registry: MetricsRegistry, clock: Clock = monotonicClock): Instruments {
  const { instruments } = sharedState();
  const known = instruments.get(registry);
  const made = known ?? makeInstruments(clock);
  for (const metric of metricsOf(made)) register(registry, metric);
  if (known === undefined) instruments.set(registry, made);
  return made;
}

function metricsOf(instruments: Instruments): RegistryMetric[] {
  const { models: _, ...metrics } = instruments;
  return Object.values(metrics);
}

function makeInstruments(clock: Clock) {
  const seriesDropped = new CounterMetric(catalogue.seriesDropped);
  const dropped = (row: { readonly name: string }) => () => seriesDropped.add({ metric: row.name });
  const admitted: AdmittedValues = new Map();
  const counters = makeCounters(dropped, admitted);
  const models = new ModelBoard(clock, admitted, () => counters.telemetryErrors.add({ source: "registry" }));
  const instruments = {
    models,
    ...counters,
    ...makeHistograms(dropped, admitted),
    ...makeModelGauges(models),
    activeRequests: new GaugeMetric(catalogue.activeRequests),
    seriesDropped,
  };
  beginKnownSeries(instruments);
  return instruments;
}

/** A gauge that has a series for each model. */
type ModelRow = GaugeRow & { readonly labels: { readonly model: LabelRule } };

type Dropped = (row: { readonly name: string }) => () => void;

function makeCounters(dropped: Dropped, admitted: AdmittedValues) {
  const make = <Row extends CounterRow>(row: Row) => new CounterMetric(row, dropped(row), admitted);
  return {
    httpRequests: make(catalogue.httpRequests),
    chatTokens: make(catalogue.chatTokens),
    cachedPromptTokens: make(catalogue.cachedPromptTokens),
    inferences: make(catalogue.inferences),
    errors: make(catalogue.errors),
    telemetryErrors: make(catalogue.telemetryErrors),
  };
}

function makeHistograms(dropped: Dropped, admitted: AdmittedValues) {
  const make = <Row extends HistogramRow>(row: Row) => new HistogramMetric(row, dropped(row), admitted);
  return {
    httpRequestDuration: make(catalogue.httpRequestDuration),
    modelLatency: make(catalogue.modelLatency),
    firstTokenLatency: make(catalogue.firstTokenLatency),
    promptEval: make(catalogue.promptEval),
    clientFirstToken: make(catalogue.clientFirstToken),
    clientResponse: make(catalogue.clientResponse),
    clientWebVital: make(catalogue.clientWebVital),
  };
}

function makeModelGauges(models: ModelBoard) {
  const make = (row: ModelRow, pick: (readings: ModelReadings) => number | undefined) =>
    new ReadGauge<ModelRow>(row, () =>
      Array.from(models.read(), ([model, readings]) => [{ model }, pick(readings)] as const),
    );
  return {
    modelMemory: make(catalogue.modelMemory, (model) => model.modelMemoryBytes),
    contextSize: make(catalogue.contextSize, (model) => model.contextSize),
    tokensPerSecond: make(catalogue.tokensPerSecond, (model) => model.tokensPerSecond),
    memoryPerToken: make(catalogue.memoryPerToken, (model) => model.memoryPerTokenBytes),
    threadsUsed: make(catalogue.threadsUsed, (model) => model.threadsUsed),
    batchSize: make(catalogue.batchSize, (model) => model.batchSize),
  };
}

/** Label sets that are known beforehand begin at 0: `increase()` must see the first error. */
function beginKnownSeries(instruments: Pick<Instruments, "errors" | "telemetryErrors" | "seriesDropped">): void {
  const { errors, telemetryErrors, seriesDropped } = instruments;
  for (const row of Object.values(catalogue)) {
    const isCapped = Object.values(row.labels).some((label: LabelRule) => label.values === undefined);
    if (isCapped) seriesDropped.begin({ metric: row.name });
  }
  for (const operation of errorOperations) {
    for (const type of errorTypes[operation]) errors.begin({ type, operation });
  }
  for (const source of telemetrySources) telemetryErrors.begin({ source });
}
