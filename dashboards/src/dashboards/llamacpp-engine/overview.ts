import { catalogue } from "@aiwatch/core";
import { tile } from "../../panels/numbers.ts";
import { describe } from "../../panels/panel.ts";
import { eventsPerSecondUnit, ratioUnit, unitOf } from "../../panels/units.ts";
import { now, recent } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { contextShiftTile, kvCacheTile } from "../shared/kv-cache.ts";
import { acceptedDrafts, noDrafts } from "./sequences.ts";

const { contextTokens, sequences, decodeBatchTokens, speculativeTokens, contextMemory } = catalogue;

const width = 3;

const held = tile({
  title: "Context tokens",
  description: describe("Tokens that the KV caches hold now, all chosen models together.", contextTokens),
  unit: unitOf(contextTokens),
  queries: [{ vector: now(contextTokens), legend: "Context tokens" }],
  noValue: "Unknown",
  width,
});

const streams = tile({
  title: "Sequences",
  description: describe("Sequences that are in use and that are left, all chosen models together.", sequences),
  unit: unitOf(sequences),
  queries: [{ vector: now(sequences, "state"), legend: "{{state}}" }],
  noValue: "Unknown",
  width,
});

const decodeRate = tile({
  title: "Decodes/s",
  description: describe("Native batches that were decoded per second, all chosen models together.", decodeBatchTokens),
  unit: eventsPerSecondUnit,
  queries: [{ vector: sumBy(recent.observationsPerSecond(decodeBatchTokens)), legend: "Decodes/s" }],
  noValue: "No decodes",
  width,
});

const batchTokens = tile({
  title: "Tokens per decode",
  description: describe(
    "How many tokens a native batch holds on average. Several sequences that generate at once share one: above 1, they do.",
    decodeBatchTokens,
  ),
  unit: unitOf(decodeBatchTokens),
  queries: [{ vector: recent.mean(decodeBatchTokens), legend: "Tokens per decode" }],
  noValue: "No decodes",
  decimals: 1,
  width,
});

const drafts = tile({
  title: "Accepted drafts",
  description: describe(
    "The share of drafted tokens that were taken into answers, all chosen models together.",
    speculativeTokens,
  ),
  unit: ratioUnit,
  queries: [{ vector: acceptedDrafts(recent), legend: "Accepted drafts" }],
  noValue: noDrafts,
  decimals: 0,
  width,
});

const memory = tile({
  title: "Context memory",
  description: describe("Memory of the contexts, all chosen models together.", contextMemory),
  unit: unitOf(contextMemory),
  queries: [{ vector: now(contextMemory), legend: "Context memory" }],
  noValue: "Unknown",
  width,
});

/** How full and how busy the engine is now. */
export const overview: Row = {
  title: "Overview",
  panels: [kvCacheTile(), held, contextShiftTile(), streams, decodeRate, batchTokens, drafts, memory],
};
