import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { heatmap } from "../../panels/heatmap.ts";
import { describe } from "../../panels/panel.ts";
import { eventsPerSecondUnit, perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { buckets, mean, now, observationsPerSecond, perSecond } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { kvCacheOverTime } from "../shared/kv-cache.ts";
import { variables } from "../variables.ts";
import { overview } from "./overview.ts";
import { models, sequencesAndDrafts } from "./sequences.ts";

const { decodeBatchTokens, contextTokens, contextShifts } = catalogue;

const sizes = heatmap({
  title: "Decode batch sizes",
  description: describe(
    "Native batches by how many tokens they held, all chosen models together. A batch of 1 is one sequence that generates, a few are several at once, and many are prompts.",
    decodeBatchTokens,
  ),
  boundsUnit: "none",
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

const held = timeSeries({
  title: "Context tokens over time",
  description: describe("Tokens that the KV caches hold, by model.", contextTokens),
  unit: unitOf(contextTokens),
  stacked: true,
  queries: [{ vector: now(contextTokens, "model"), legend: "{{model}}" }],
  noValue: "Unknown",
  width: 8,
});

const shifts = timeSeries({
  title: "Context shifts over time",
  description: describe("How often per second tokens were pushed out of a full context, by model.", contextShifts),
  unit: perSecondUnitOf(contextShifts),
  queries: [{ vector: sumBy(perSecond(contextShifts), "model"), legend: "{{model}}" }],
  noValue: "No data",
  width: 8,
});

/** What the models remember, and what they have to forget. */
export const kvCache: Row = { title: "KV cache", panels: [kvCacheOverTime(8), held, shifts] };

export const engineDashboard = dashboard({
  uid: "llamacpp-engine-dashboard",
  title: "llama.cpp: KV cache and engine",
  description: "KV cache, decodes, sequences, speculation and models of llama.cpp, as AIWatch measures them.",
  tags: ["llama-cpp"],
  variables: variables(catalogue.contextSize),
  rows: [overview, kvCache, decodes, sequencesAndDrafts, models],
});
