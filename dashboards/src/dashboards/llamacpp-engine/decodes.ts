import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { eventsPerSecondUnit, unitOf } from "../../panels/units.ts";
import { buckets, mean, observationsPerSecond } from "../../promql/histograms.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";

const { decodeBatchTokens } = catalogue;

const sizes = heatmap({
  title: "Decode batch sizes",
  description: describe(
    "Native batches by how many tokens they held, all chosen models together. A batch of 1 is one sequence that generates, a few are several at once, and many are prompts.",
    decodeBatchTokens,
  ),
  unit: "none",
  axis: "tokens, up to",
  buckets: buckets(decodeBatchTokens),
  noValue: "No traffic",
  width: 12,
});

const rate = timeSeries({
  title: "Decodes over time",
  description: describe("Native batches that were decoded per second, by model.", decodeBatchTokens),
  unit: eventsPerSecondUnit,
  queries: [{ vector: sumBy(observationsPerSecond(decodeBatchTokens), "model"), legend: "{{model}}" }],
  noValue: "No traffic",
  width: 6,
});

const batchTokens = timeSeries({
  title: "Tokens per decode over time",
  description: describe("How many tokens a native batch holds on average, by model.", decodeBatchTokens),
  unit: unitOf(decodeBatchTokens),
  queries: [{ vector: mean(decodeBatchTokens, "model"), legend: "{{model}}" }],
  noValue: "No traffic",
  width: 6,
});

/** What the engine computes at once. */
export const decodes: Row = { title: "Decodes", panels: [sizes, rate, batchTokens] };
