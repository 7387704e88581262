import { catalogue } from "../catalogue/index.ts";
import type { GaugeRow, LabelRule } from "../catalogue/row.ts";
import { engineOfRow } from "../catalogue/values.ts";
import { inSeconds } from "../inference/arithmetic.ts";
import type { Ages } from "../models/live-inferences.ts";
import type { ModelBoard } from "../models/model-board.ts";
import type { ModelInfo, ModelReadings } from "../models/readings.ts";
import type { CounterMetric } from "./counter.ts";
import { ReadGauge } from "./gauge.ts";
import { type AdmittedValues, LabelLimiter } from "./label-values.ts";

/** A gauge that has a series for each model. */
type ModelRow = GaugeRow & { readonly labels: { readonly model: LabelRule } };

type ReadFigure = (readings: ModelReadings) => number | undefined;

/** What counts the recordings that lost a label's value. */
type SeriesDropped = CounterMetric<typeof catalogue.seriesDropped>;

/**
 * The gauges that are read from the models when somebody asks. Those of one engine know nothing of a model that another engine runs.
 * @param admitted the label values that the metrics know
 */
export function makeModelGauges(models: ModelBoard, seriesDropped: SeriesDropped, admitted: AdmittedValues) {
  const make = (row: ModelRow, read: ReadFigure) =>
    new ReadGauge<ModelRow>(row, () => modelsOf(models, row).map(([model, readings]) => [{ model }, read(readings)]));
  return {
    modelMemory: make(catalogue.modelMemory, (model) => model.modelMemoryBytes),
    modelLoad: make(catalogue.modelLoad, (model) => inSeconds(model.loadMs)),
    contextSize: make(catalogue.contextSize, (model) => model.contextSize),
    contextTokens: make(catalogue.contextTokens, (model) => model.contextTokens),
    kvCacheUsage: make(catalogue.kvCacheUsage, (model) => model.kvCacheUsageRatio),
    contextMemory: make(catalogue.contextMemory, (model) => model.contextMemoryBytes),
    tokensPerSecond: make(catalogue.tokensPerSecond, (model) => model.tokensPerSecond),
    llamaCppTokensPerSecond: rateGauge(models, catalogue.llamaCppTokensPerSecond),
    memoryPerToken: make(catalogue.memoryPerToken, (model) => model.memoryPerTokenBytes),
    threadsUsed: make(catalogue.threadsUsed, (model) => model.threadsUsed),
    batchSize: make(catalogue.batchSize, (model) => model.batchSize),
    activeInferences: make(catalogue.activeInferences, (model) => model.activeInferences),
    queuedInferences: make(catalogue.queuedInferences, (model) => model.queuedInferences),
    oldestInference: ageGauge(models, catalogue.oldestInference, ({ oldestMs }) => oldestMs),
    lastTokenAge: ageGauge(models, catalogue.lastTokenAge, ({ lastTokenMs }) => lastTokenMs),
    sequences: sequencesGauge(models),
    modelInfo: infoGauge(models, seriesDropped, admitted),
  };
}

type ModelEntry = readonly [model: string, readings: ModelReadings];

/** The models that a row shows: those of its engine, or all. */
function modelsOf(models: ModelBoard, row: GaugeRow): readonly ModelEntry[] {
  const rowsEngine = engineOfRow(row);
  return Array.from(models.snapshot()).flatMap(([model, { engine, readings }]) =>
    rowsEngine === undefined || rowsEngine === engine ? [[model, readings] as const] : [],
  );
}

/** The rate that an engine decodes at. The same model may be run by several engines. */
function rateGauge<Row extends ModelRow>(models: ModelBoard, row: Row) {
  const engine = engineOfRow(row) ?? "";
  return new ReadGauge<ModelRow>(row, () =>
    Array.from(models.snapshot(), ([model, { rates }]) => [{ model }, rates.get(engine)] as const),
  );
}

/** How long the inferences under way have been at it. */
function ageGauge<Row extends ModelRow>({ live }: ModelBoard, row: Row, read: (ages: Ages) => number | undefined) {
  return new ReadGauge<ModelRow>(row, () =>
    Array.from(live.models(), (model) => [{ model }, inSeconds(read(live.agesOf(model)))] as const),
  );
}

function sequencesGauge(models: ModelBoard) {
  return new ReadGauge(catalogue.sequences, () =>
    modelsOf(models, catalogue.sequences).flatMap(([model, { activeSequences, freeSequences }]) => [
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
    const known = modelsOf(models, catalogue.modelInfo).flatMap(([model, { info }]) =>
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
