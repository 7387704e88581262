import { catalogue } from "../catalogue/index.ts";
import type { GaugeRow, LabelRule } from "../catalogue/row.ts";
import { inSeconds } from "../inference/arithmetic.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelInfo, ModelReadings } from "../models/readings.ts";
import type { CounterMetric } from "./counter.ts";
import { ReadGauge } from "./gauge.ts";
import { type AdmittedValues, LabelLimiter } from "./label-values.ts";

/** A gauge that has a series for each model. */
type ModelRow = GaugeRow & { readonly labels: { readonly model: LabelRule } };

type Pick = (readings: ModelReadings) => number | undefined;

/** What counts the recordings that lost a label's value. */
type SeriesDropped = CounterMetric<typeof catalogue.seriesDropped>;

/**
 * The gauges that are read from the models when somebody asks. Those of llama.cpp know nothing of a model that another engine runs.
 * @param admitted the label values that the metrics know
 */
export function makeModelGauges(models: ModelBoard, seriesDropped: SeriesDropped, admitted: AdmittedValues) {
  const gauge = (row: ModelRow, pick: Pick, read: () => Iterable<ModelEntry>) =>
    new ReadGauge<ModelRow>(row, () => Array.from(read(), ([model, readings]) => [{ model }, pick(readings)] as const));
  const ofAny = (row: ModelRow, pick: Pick) => gauge(row, pick, () => all(models));
  const make = (row: ModelRow, pick: Pick) => gauge(row, pick, () => ofLlamaCpp(models));
  return {
    modelMemory: ofAny(catalogue.modelMemory, (model) => model.modelMemoryBytes),
    modelLoad: make(catalogue.modelLoad, (model) => inSeconds(model.loadMs)),
    contextSize: make(catalogue.contextSize, (model) => model.contextSize),
    contextTokens: make(catalogue.contextTokens, (model) => model.contextTokens),
    kvCacheUsage: make(catalogue.kvCacheUsage, (model) => model.kvCacheUsageRatio),
    contextMemory: make(catalogue.contextMemory, (model) => model.contextMemoryBytes),
    tokensPerSecond: ofAny(catalogue.tokensPerSecond, (model) => model.tokensPerSecond),
    llamaCppTokensPerSecond: rateGauge(models),
    memoryPerToken: make(catalogue.memoryPerToken, (model) => model.memoryPerTokenBytes),
    threadsUsed: make(catalogue.threadsUsed, (model) => model.threadsUsed),
    batchSize: make(catalogue.batchSize, (model) => model.batchSize),
    activeInferences: ofAny(catalogue.activeInferences, (model) => model.activeInferences),
    queuedInferences: ofAny(catalogue.queuedInferences, (model) => model.queuedInferences),
    sequences: sequencesGauge(models),
    modelInfo: infoGauge(models, seriesDropped, admitted),
  };
}

type ModelEntry = readonly [model: string, readings: ModelReadings];

function all(models: ModelBoard): readonly ModelEntry[] {
  return Array.from(models.snapshot(), ([model, { readings }]) => [model, readings] as const);
}

function ofLlamaCpp(models: ModelBoard): readonly ModelEntry[] {
  const known = Array.from(models.snapshot());
  return known.flatMap(([model, { isLlamaCpp, readings }]) => (isLlamaCpp ? [[model, readings] as const] : []));
}

/** The same model may be run by several engines. */
function rateGauge(models: ModelBoard) {
  return new ReadGauge(catalogue.llamaCppTokensPerSecond, () =>
    Array.from(models.snapshot(), ([model, { llamaCppRate }]) => [{ model }, llamaCppRate] as const),
  );
}

function sequencesGauge(models: ModelBoard) {
  return new ReadGauge(catalogue.sequences, () =>
    ofLlamaCpp(models).flatMap(([model, { activeSequences, freeSequences }]) => [
      [{ model, state: "active" }, activeSequences] as const,
      [{ model, state: "free" }, freeSequences] as const,
    ]),
  );
}

/** The models' names are bounded already; what their files say besides is not. */
function infoGauge(models: ModelBoard, seriesDropped: SeriesDropped, admitted: AdmittedValues) {
  const ofInfo = { metric: catalogue.modelInfo.name };
  const limiter = new LabelLimiter(catalogue.modelInfo.labels, () => seriesDropped.add(ofInfo), admitted);
  const read = () => {
    const known = ofLlamaCpp(models).flatMap(([model, { info }]) =>
      info === undefined ? [] : [[infoLabels(model, info), 1] as const],
    );
    if (known.length > 0) seriesDropped.begin(ofInfo);
    return known;
  };
  return new ReadGauge(catalogue.modelInfo, read, limiter);
}

/** A label without a value is, to Prometheus, a label that is not there. */
function infoLabels(model: string, info: ModelInfo) {
  const { architecture = "", quantization = "", parameters = "", gpu = "", trainContextSize = "" } = info;
  return {
    model,
    architecture,
    quantization,
    parameters: String(parameters),
    gpu,
    context_train: String(trainContextSize),
  };
}
