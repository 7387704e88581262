import { catalogue } from "@aiwatch/core";
import { tile } from "../../panels/numbers.ts";
import { describe, type Limits } from "../../panels/panel.ts";
import { describeRecorded, noRules, nothingRecorded } from "../../panels/recorded.ts";
import { ratioUnit, timesUnit, unitOf } from "../../panels/units.ts";
import { now } from "../../promql/panel-queries.ts";
import { burnOf, goals, leastBudget, leastBudgetWithDays } from "../../promql/slo-queries.ts";
import { maxBy } from "../../promql/vector.ts";
import { recorded, type Slo } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";
import { alertTable, burnLimits } from "../shared/slo.ts";
import { eachObjective, objectives } from "./objectives.ts";

const { sloObjective } = catalogue;

export const budgetLimits: Limits = {
  below: "red",
  steps: [
    { from: 0, color: "yellow" },
    { from: 0.25, color: "green" },
  ],
};

export const month = "30d";
export const monthSaid =
  "over 30 days, or over as many as there is history for; the visible time range does not matter";

const burn = (slo: Slo) =>
  tile({
    title: `${objectives[slo].title} burn`,
    description: describeRecorded(
      `How many times faster than it may the error budget was spent within the last hour, of the job and model that does worst, all models together being one. Bad are ${objectives[slo].bad}. Up to 1 is good: the budget lasts. Red from 14.4, where a month's is gone in two days.`,
      [recorded.sloBurn["1h"]],
    ),
    unit: timesUnit,
    queries: [{ vector: maxBy(burnOf("1h", slo)), legend: "Burn, 1 h" }],
    limits: burnLimits,
    decimals: 1,
    noValue: nothingRecorded,
    width: 3,
  });

const budget = (slo: Slo) =>
  tile({
    title: `${objectives[slo].title} budget`,
    description: describeRecorded(
      `What is left of the error budget, ${monthSaid}: the name says how many days that are. A budget is the objective's over all models of a job, of several jobs that which did worst, and ${leastBudget} bad events at least. Yellow below 25 %; red below 0, where more was spent than there was.`,
      [recorded.sloBad, recorded.sloEvents, recorded.sloObjective],
    ),
    unit: ratioUnit,
    queries: [{ vector: leastBudgetWithDays(month, slo), legend: "over {{days}} d" }],
    names: true,
    limits: budgetLimits,
    decimals: 0,
    noValue: nothingRecorded,
    width: 3,
  });

const height = 6;

const asked = tile({
  title: "Has to be good",
  description: describeRecorded(
    "The share of events that has to be good by each objective: the rest is the error budget. They are set where the rules are made.",
    [recorded.sloObjective],
  ),
  unit: ratioUnit,
  queries: [{ vector: goals(), legend: "{{slo}}" }],
  noValue: noRules,
  width: 3,
  height,
});

const limits = tile({
  title: "App's objectives",
  description: describe(
    "What the app itself asks of an inference to call it good, which is what goodput judges by. The rules have bounds of their own: where these differ, so do their judgements.",
    sloObjective,
  ),
  unit: unitOf(sloObjective),
  queries: [{ vector: now(sloObjective, "objective"), legend: "{{objective}}" }],
  noValue: "None set",
  width: 3,
  height,
});

/** Whether somebody has to do something. */
export const overview: Row = {
  title: "Objectives now",
  panels: [
    ...eachObjective.map(([slo]) => burn(slo)),
    ...eachObjective.map(([slo]) => budget(slo)),
    alertTable(18, height),
    asked,
    limits,
  ],
};
