import { catalogue } from "../catalogue/index.ts";
import type { GaugeRow, LabelRule } from "../catalogue/row.ts";
import { inSeconds } from "../inference/arithmetic.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelInfo, ModelReadings } from "../models/readings.ts";
import { ReadGauge } from "./gauge.ts";
import { type AdmittedValues, LabelLimiter } from "./label-limiter.ts";

/** A gauge that has a series for each model. */
type ModelRow = GaugeRow & { readonly labels: { readonly model: LabelRule } };

type Pick = (readings: ModelReadings) => number | undefined;

/**
 * The gauges that are read from the models when somebody asks.
 * @param infoDropped what a model says of itself was over a cap
 * @param admitted the label values that the metrics know
 */
export function makeModelGauges(models: ModelBoard, infoDropped: () => void, admitted: AdmittedValues) {
  const make = (row: ModelRow, pick: Pick) =>
    new ReadGauge<ModelRow>(row, () =>
      Array.from(models.snapshot(), ([model, readings]) => [{ model }, pick(readings)] as const),
    );
  return {
    modelMemory: make(catalogue.modelMemory, (model) => model.modelMemoryBytes),
    modelLoad: make(catalogue.modelLoad, (model) => inSeconds(model.loadMs)),
    contextSize: make(catalogue.contextSize, (model) => model.contextSize),
    contextTokens: make(catalogue.contextTokens, (model) => model.contextTokens),
    kvCacheUsage: make(catalogue.kvCacheUsage, (model) => model.kvCacheUsageRatio),
    contextMemory: make(catalogue.contextMemory, (model) => model.contextMemoryBytes),
    tokensPerSecond: make(catalogue.tokensPerSecond, (model) => model.tokensPerSecond),
    memoryPerToken: make(catalogue.memoryPerToken, (model) => model.memoryPerTokenBytes),
    threadsUsed: make(catalogue.threadsUsed, (model) => model.threadsUsed),
    batchSize: make(catalogue.batchSize, (model) => model.batchSize),
    activeInferences: make(catalogue.activeInferences, (model) => model.activeInferences),
    queuedInferences: make(catalogue.queuedInferences, (model) => model.queuedInferences),
    sequences: sequencesGauge(models),
    modelInfo: infoGauge(models, new LabelLimiter(catalogue.modelInfo.labels, infoDropped, admitted)),
  };
}

function sequencesGauge(models: ModelBoard) {
  return new ReadGauge(catalogue.sequences, () =>
    Array.from(models.snapshot()).flatMap(([model, { activeSequences, freeSequences }]) => [
      [{ model, state: "active" }, activeSequences] as const,
      [{ model, state: "free" }, freeSequences] as const,
    ]),
  );
}

/** The models' names are bounded already; what their files say besides is not. */
function infoGauge(models: ModelBoard, limiter: LabelLimiter) {
  const read = () =>
    Array.from(models.snapshot()).flatMap(([model, { info }]) =>
      info === undefined ? [] : [[infoLabels(model, info), 1] as const],
    );
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
