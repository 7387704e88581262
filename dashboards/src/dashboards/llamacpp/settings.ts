import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { unitOf } from "../../panels/units.ts";
import { type ModelGauge, now } from "../../promql/gauges.ts";
import type { Row } from "../dashboard.ts";

const overTime = (title: string, row: ModelGauge, sentence: string) =>
  timeSeries({
    title,
    description: describe(sentence, row),
    unit: unitOf(row),
    queries: [{ vector: now(row, "model"), legend: "{{model}}" }],
    noValue: "Unknown",
    width: 6,
  });

/** What changes when a model is loaded again with other settings. */
export const settings: Row = {
  title: "Settings over time",
  panels: [
    overTime("Context window size", catalogue.contextSize, "Tokens that fit into one conversation, by model."),
    overTime("Memory per token usage", catalogue.memoryPerToken, "What each token in the context costs, by model."),
    overTime("Thread utilisation", catalogue.threadsUsed, "CPU threads that the model decodes with."),
    overTime("Batch size over time", catalogue.batchSize, "Tokens that one decode may hold, by model."),
  ],
};
