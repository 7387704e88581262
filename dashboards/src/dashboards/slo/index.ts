import { catalogue } from "@aiwatch/core";
import { toDashboard } from "../../panels/links.ts";
import { describeRecorded, notRecorded } from "../../panels/recorded.ts";
import { metricTable } from "../../panels/tables.ts";
import { eventsPerSecondUnit, ratioUnit, timesUnit } from "../../panels/units.ts";
import {
  badOfEach,
  badShareOfEach,
  besideModels,
  budgetOf,
  burnOf,
  eventsOfEach,
  goalOfEach,
  historyOf,
  leastBudget,
} from "../../promql/slo-queries.ts";
import { recorded } from "../../rules/recorded.ts";
import { dashboard, type Row } from "../dashboard.ts";
import { firstTokenWaitsOverTime, goodputOverTime } from "../shared/inferences.ts";
import { readerWaits } from "../shared/latency.ts";
import { burnLimits, firstTokensHeld, tokenTimesHeld } from "../shared/slo.ts";
import { variables } from "../variables.ts";
import { budgets, burns, events } from "./burns.ts";
import { budgetLimits, month, monthSaid, overview } from "./overview.ts";

const table = metricTable({
  title: "Objectives by model",
  description: describeRecorded(
    `A line for each objective, job and model, and one without a model for the objective over all of its models; that of HTTP has no model. Look for the largest burn first: it says who spends the budget now. \`Goal\` is the share that has to be good; \`Bad\` that of bad events in the visible time range; \`Budget left\`, which is the whole objective's, is ${monthSaid}, and \`Over\` says how far that is; a budget is ${leastBudget} bad events at least. A click on an objective leads to the chats of its model.`,
    [
      recorded.sloObjective,
      recorded.sloEvents,
      recorded.sloBad,
      recorded.sloBurn["1h"],
      recorded.sloBurn["6h"],
      recorded.sloBurn["3d"],
      recorded.sloBadCount["1d"],
    ],
  ),
  by: { slo: "Objective", model: "Model", job: "Job" },
  metrics: [
    { title: "Goal", vector: goalOfEach(), unit: ratioUnit },
    { title: "Events/s", vector: eventsOfEach(), unit: eventsPerSecondUnit },
    { title: "Bad", vector: badShareOfEach("$__range"), unit: ratioUnit, decimals: 2 },
    { title: "Burn 1 h", vector: burnOf("1h"), unit: timesUnit, decimals: 1, limits: burnLimits },
    { title: "Burn 6 h", vector: burnOf("6h"), unit: timesUnit, decimals: 1, limits: burnLimits },
    { title: "Burn 3 d", vector: burnOf("3d"), unit: timesUnit, decimals: 1, limits: burnLimits },
    { title: "Bad in a day", vector: badOfEach("1d"), unit: "none", decimals: 0 },
    { title: "Budget left", vector: besideModels(budgetOf(month)), unit: ratioUnit, decimals: 0, limits: budgetLimits },
    { title: "Over", vector: besideModels(historyOf(month)), unit: "s", decimals: 1 },
  ],
  links: [
    toDashboard("llm-dashboard", "Chats of this model", "job", "model"),
    toDashboard("aiwatch-fleet", "Processes of this job", "job"),
  ],
  largest: "Burn 1 h",
  widths: { Objective: 130, Model: 210, "Burn 1 h": 100, "Bad in a day": 110, "Budget left": 100 },
  noValue: notRecorded,
  width: 24,
  height: 9,
});

/** Which objective of which model. */
export const byModel: Row = { title: "By objective and model", panels: [table] };

/** What is behind the objectives, as it was measured. */
export const measured: Row = {
  title: "What readers had",
  panels: [goodputOverTime(8), firstTokensHeld(8), tokenTimesHeld(8), readerWaits(12), firstTokenWaitsOverTime(12)],
};

/** What a month came to does not change within seconds. */
export const sloDashboard = {
  ...dashboard({
    uid: "aiwatch-slo",
    title: "AIWatch: objectives and error budgets",
    description:
      "Objectives, how fast their error budgets burn and what is left of them, alerts, bad events and goodput, by what AIWatch's rules recorded.",
    tags: ["slo"],
    variables: variables(catalogue.chatTokens, recorded.inferences),
    rows: [overview, byModel, burns, budgets, events, measured],
  }),
  refresh: "1m",
};
