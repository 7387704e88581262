import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { labelTable } from "../../panels/label-table.ts";
import { tile } from "../../panels/tile.ts";
import { chartHeight, timeSeries } from "../../panels/time-series.ts";
import { unitOf } from "../../panels/units.ts";
import { now } from "../../promql/gauges.ts";
import type { Row } from "../dashboard.ts";

const { modelInfo, modelLoad, modelMemory, contextMemory } = catalogue;

const table = labelTable({
  title: "Loaded models",
  description: describe("What the loaded models are.", modelInfo),
  unit: unitOf(modelInfo),
  info: now(modelInfo, "model", "architecture", "parameters", "quantization", "gpu", "context_train"),
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
  height: 5,
});

const load = tile({
  title: "Load time",
  description: describe("How long it took to load each model.", modelLoad),
  unit: unitOf(modelLoad),
  queries: [{ vector: now(modelLoad, "model"), legend: "{{model}}" }],
  noValue: "Unknown",
  width: 6,
  height: chartHeight,
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
  width: 18,
});

/** What is loaded, and what it takes. */
export const models: Row = { title: "Models", panels: [table, load, memory] };
