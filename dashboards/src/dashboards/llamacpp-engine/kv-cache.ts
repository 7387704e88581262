import { catalogue } from "@aiwatch/core";
import { describe } from "../../panels/describe.ts";
import { timeSeries } from "../../panels/time-series.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { perSecond } from "../../promql/counters.ts";
import { now } from "../../promql/gauges.ts";
import { sumBy } from "../../promql/vector.ts";
import type { Row } from "../dashboard.ts";
import { kvCacheOverTime } from "../shared/kv-cache.ts";

const { contextTokens, contextShifts } = catalogue;

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
