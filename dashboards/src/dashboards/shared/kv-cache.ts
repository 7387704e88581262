import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { toModels } from "../../panels/links.ts";
import { tile, tileHeight } from "../../panels/numbers.ts";
import { describe, type Limits } from "../../panels/panel.ts";
import { unitOf } from "../../panels/units.ts";
import { inRange, now } from "../../promql/panel-queries.ts";
import { sumBy } from "../../promql/vector.ts";

const { kvCacheUsage, contextShifts } = catalogue;

/** At 98 % the next tokens push out the oldest. */
export const kvCacheLimits: Limits = {
  below: "green",
  steps: [
    { from: 0.9, color: "yellow" },
    { from: 0.98, color: "red" },
  ],
};
const limitsSaid = "Yellow from 90 %; from 98 %, red, the next tokens push out the oldest.";

export const kvCacheTile = (height = tileHeight) =>
  tile({
    title: "KV-cache usage",
    description: describe(
      `How full the fullest sequence is; of several models the fullest, and a click leads to the table that says which. ${limitsSaid}`,
      kvCacheUsage,
    ),
    unit: unitOf(kvCacheUsage),
    queries: [{ vector: now(kvCacheUsage), legend: "fullest model" }],
    limits: kvCacheLimits,
    links: [toModels],
    noValue: "Unknown",
    decimals: 1,
    width: 3,
    height,
  });

export const kvCacheOverTime = (width: number) =>
  timeSeries({
    title: "KV-cache usage over time",
    description: describe(`How full the fullest sequence is, by model. ${limitsSaid}`, kvCacheUsage),
    unit: unitOf(kvCacheUsage),
    queries: [{ vector: now(kvCacheUsage, "model"), legend: "{{model}}" }],
    limits: kvCacheLimits,
    noValue: "Unknown",
    width,
  });

export const contextShiftTile = (height = tileHeight) =>
  tile({
    title: "Context shifts",
    description: describe(
      "How often tokens were pushed out of a full context in the visible time range, all chosen models together. Each costs a part of the prompt's evaluation anew, and what was pushed out is forgotten.",
      contextShifts,
    ),
    unit: unitOf(contextShifts),
    queries: [{ vector: sumBy(inRange(contextShifts)), legend: "Context shifts" }],
    noValue: "No data",
    decimals: 0,
    width: 3,
    height,
  });
