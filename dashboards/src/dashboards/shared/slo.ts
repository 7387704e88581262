import { type Catalogue, catalogue, type HistogramRow } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { tile, tileHeight } from "../../panels/numbers.ts";
import { describe, type Limits } from "../../panels/panel.ts";
import { nothingRecorded, notRecorded } from "../../panels/recorded.ts";
import { labelTable } from "../../panels/tables.ts";
import { ratioUnit, timesUnit } from "../../panels/units.ts";
import { chosenBound } from "../../promql/bucket-bound.ts";
import { burns, outside } from "../../promql/outside-series.ts";
import { alerts, shareWithin } from "../../promql/panel-queries.ts";
import { budgetOf, burnOf, leastBudget } from "../../promql/slo-queries.ts";
import { atLeast, maxBy, minBy } from "../../promql/vector.ts";
import type { BurnWindow } from "../../rules/recorded.ts";
import { nothingMeasured } from "./latency.ts";

/** At 14.4 a month's budget is gone in two days, and somebody is called; above 1 it does not last the month. */
export const burnLimits: Limits = {
  below: "green",
  steps: [
    { from: 1, color: "yellow" },
    { from: 14.4, color: "red" },
  ],
};

export const burnTile = (width = 3, height = tileHeight) =>
  tile({
    title: "Error budget burn",
    description: describe(
      "How many times faster than allowed the error budget of the worst objective burnt within the last hour, of any model and of all together. Few bad events never make it red: a budget is 0.31 bad events at least. Yellow from 1, where it does not last; red from 14.4, where a month's budget is gone in two days.",
      burns["1h"],
    ),
    unit: timesUnit,
    queries: [{ vector: maxBy(burnOf("1h")), legend: "Burn, 1 h" }],
    limits: burnLimits,
    noValue: nothingRecorded,
    decimals: 1,
    width,
    height,
  });

/** How fast the budgets burn over a short or a long window, by objective. */
export const burnOverTime = (window: BurnWindow, title: string, width: number) =>
  timeSeries({
    title,
    description: describe(
      `How many times faster than allowed the error budgets burnt within ${window}, by objective; of several models, and all of them together, the worst. Above 1, dashed, a budget does not last; from 14.4 on it is gone within two days.`,
      burns[window],
    ),
    unit: timesUnit,
    queries: [{ vector: maxBy(burnOf(window), "slo"), legend: "{{slo}}" }],
    limits: burnLimits,
    leastAxis: 1.5,
    noValue: notRecorded,
    width,
  });

export const budgetLeftOverTime = (width: number) =>
  timeSeries({
    title: "Error budget left",
    description: describe(
      `What is left of the budget that the visible time range has, by objective, over all models that are chosen; of several jobs the worst. A budget is ${leastBudget} bad events at least. Below 0 more was spent than there was; what is below -100 % is drawn there.`,
      outside.sloBad,
      outside.sloEvents,
      outside.sloGoal,
    ),
    unit: ratioUnit,
    queries: [{ vector: atLeast(minBy(budgetOf("$__range"), "slo"), -1), legend: "{{slo}}" }],
    limits: { below: "red", steps: [{ from: 0, color: "green" }] },
    belowZero: true,
    noValue: notRecorded,
    width,
  });

type Histogram = {
  [Key in keyof Catalogue]: Catalogue[Key] extends HistogramRow & { labels: { model: object } }
    ? Catalogue[Key]
    : never;
}[keyof Catalogue];

/** The share of observations within what the reader chose at the top. */
const heldOverTime = (
  title: string,
  row: Histogram,
  variable: "ttft_slo" | "tpot_slo",
  sentence: string,
  width: number,
) =>
  timeSeries({
    title,
    description: describe(sentence, row),
    unit: ratioUnit,
    queries: [{ vector: shareWithin(row, chosenBound(variable), "model"), legend: "{{model}}" }],
    noValue: nothingMeasured,
    width,
  });

export const firstTokensHeld = (width: number) =>
  heldOverTime(
    "First tokens in time",
    catalogue.requestFirstToken,
    "ttft_slo",
    "The share of first tokens that readers had within _First token within_, by model. Who got none is not in it.",
    width,
  );

export const tokenTimesHeld = (width: number) =>
  heldOverTime(
    "Token pace in time",
    catalogue.timePerOutputToken,
    "tpot_slo",
    "The share of completed answers whose tokens took no longer than _Per token_ each, by model.",
    width,
  );

/** The alerts of AIWatch's rules, whoever is told of them. */
export const alertTable = (width: number, height = 6) =>
  labelTable({
    title: "Alerts",
    description: describe(
      "AIWatch's alerts that fire, or whose condition holds but not yet for long enough. Empty where all is well, and where AIWatch's rules are not loaded.",
      outside.alerts,
    ),
    unit: "none",
    info: alerts(),
    columns: {
      alertstate: "State",
      alertname: "Alert",
      severity: "Severity",
      slo: "Objective",
      model: "Model",
      queue: "Queue",
      server: "Server",
      job: "Job",
      instance: "Instance",
    },
    widths: { alertname: 226, alertstate: 74, severity: 78 },
    colors: {
      of: ["alertstate", "severity"],
      texts: { firing: "red", pending: "yellow", critical: "red", warning: "yellow" },
    },
    sortedBy: ["alertstate", "severity"],
    noValue: "No alert, or AIWatch's rules are not loaded",
    width,
    height,
  });
