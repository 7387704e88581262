import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { bars } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { labelTable } from "../../panels/tables.ts";
import { perSecondUnitOf, ratioUnit, unitOf } from "../../panels/units.ts";
import { now, perSecond, type recent } from "../../promql/panel-queries.ts";
import { ratio, rewritten, sumBy, type Vector } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { speculativeTokens, sequences, modelInfo, modelLoad, modelMemory, contextMemory, vram } = catalogue;

export const noDrafts = "No drafts";

/** The share of drafted tokens that were taken into answers; nothing where none was drafted. */
export function acceptedDrafts<const By extends readonly "model"[]>(
  { perSecond }: Pick<typeof recent, "perSecond">,
  ...by: By
): Vector<By[number]> {
  return ratio(
    sumBy(perSecond(speculativeTokens, { outcome: "used" }), ...by),
    sumBy(perSecond(speculativeTokens), ...by),
  );
}

const streams = timeSeries({
  title: "Sequences over time",
  description: describe("Sequences that are in use and that are left, by model.", sequences),
  unit: unitOf(sequences),
  stacked: true,
  queries: [{ vector: now(sequences, "state", "model"), legend: "{{state}} {{model}}" }],
  noValue: "Unknown",
  width: 8,
});

const drafted = timeSeries({
  title: "Drafted tokens",
  description: describe("Tokens per second that were drafted, by what became of them.", speculativeTokens),
  unit: perSecondUnitOf(speculativeTokens),
  stacked: true,
  queries: [{ vector: sumBy(perSecond(speculativeTokens), "outcome"), legend: "{{outcome}}" }],
  noValue: noDrafts,
  width: 8,
});

const accepted = timeSeries({
  title: "Accepted drafts over time",
  description: describe(
    "The share of drafted tokens that were taken into answers, by model. Where it is low, drafting costs more than it brings.",
    speculativeTokens,
  ),
  unit: ratioUnit,
  queries: [{ vector: acceptedDrafts({ perSecond }, "model"), legend: "{{model}}" }],
  noValue: noDrafts,
  width: 8,
});

/** What runs side by side, and what is guessed ahead. */
export const sequencesAndDrafts: Row = {
  title: "Sequences and speculation",
  collapsed: true,
  panels: [streams, drafted, accepted],
};

/**
 * Labels are texts, for which Grafana has no unit: a count of parameters is cut to two decimals, so that nobody counts its digits. No pattern has
 * braces, which stand around labels alone in the boards' queries.
 */
function readable<Label extends string>(
  info: Vector<Label | "parameters" | "context_train">,
): Vector<Label | "parameters" | "context_train"> {
  const billions = rewritten(info, "parameters", String.raw`(\d+)(\d\d)\d\d\d\d\d\d\d`, "$1.$2 B");
  const millions = rewritten(billions, "parameters", String.raw`(\d\d?\d?)(\d\d)\d\d\d\d`, "$1.$2 M");
  return rewritten(millions, "context_train", String.raw`(\d+)(\d\d\d)`, "$1,$2");
}

const table = labelTable({
  title: "Loaded models",
  description: describe("What the loaded models are. Parameters are cut after two decimals.", modelInfo),
  unit: unitOf(modelInfo),
  info: readable(now(modelInfo, "model", "architecture", "parameters", "quantization", "gpu", "context_train")),
  columns: {
    model: "Model",
    architecture: "Architecture",
    parameters: "Parameters",
    quantization: "Quantization",
    gpu: "Computed by",
    context_train: "Trained context",
  },
  noValue: "No model is loaded",
  width: 24,
  height: 7,
});

const load = bars({
  title: "Load time",
  description: describe("How long it took to load each model.", modelLoad),
  unit: unitOf(modelLoad),
  queries: [{ vector: now(modelLoad, "model"), legend: "{{model}}" }],
  noValue: "Unknown",
  width: 6,
});

const memory = timeSeries({
  title: "Memory of models and contexts",
  description: describe(
    "What the models' tensors take, and on top what their contexts take, by model.",
    modelMemory,
    contextMemory,
  ),
  unit: unitOf(modelMemory),
  stacked: true,
  queries: [
    { vector: now(modelMemory, "model"), legend: "model {{model}}" },
    { vector: now(contextMemory, "model"), legend: "contexts {{model}}" },
  ],
  noValue: "Unknown",
  width: 12,
});

const gpuMemory = timeSeries({
  title: "GPU memory",
  description: describe(
    "How much memory the GPUs have and how much is taken, by other programs too. What is between the lines is left for the next model or context.",
    vram,
  ),
  unit: unitOf(vram),
  queries: [{ vector: now(vram, "state"), legend: "{{state}}" }],
  noValue: "No GPU",
  width: 6,
});

/** What is loaded, and what it takes. */
export const models: Row = { title: "Models", panels: [table, load, memory, gpuMemory] };
