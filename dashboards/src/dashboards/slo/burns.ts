import { timeSeries } from "../../panels/charts.ts";
import { describeRecorded, notRecorded } from "../../panels/recorded.ts";
import { eventsPerSecondUnit, ratioUnit, smallShare, timesUnit } from "../../panels/units.ts";
import { badPerSecond, badShareNow, budgetOf, burnOf, eventsPerSecond, leastBudget } from "../../promql/slo-queries.ts";
import { atLeast, maxBy, minBy, sumBy, type Vector } from "../../promql/vector.ts";
import { recorded, type Slo } from "../../rules/recorded.ts";
import type { Row } from "../dashboard.ts";
import { budgetLeftOverTime, burnLimits } from "../shared/slo.ts";
import { eachObjective, objectives } from "./objectives.ts";
import { month, monthSaid } from "./overview.ts";

/** What has no model is of all of them together. */
const named = ({ promql, labels }: Vector<"model">): Vector<"model"> => ({
  promql: `label_replace(${promql}, "model", "all together", "model", "")`,
  labels,
});

const burn = (slo: Slo) =>
  timeSeries({
    title: `Burn of ${objectives[slo].title}`,
    description: describeRecorded(
      `How many times faster than it may the error budget was spent within one hour and within six, dashed, by model, and for all models together; of several jobs the worst. Bad are ${objectives[slo].bad}. Below the lower dashed line, 1, the budget lasts. Somebody is called where one hour is above the upper, 14.4, or six hours are above 6.`,
      [recorded.sloBurn["1h"], recorded.sloBurn["6h"]],
    ),
    unit: timesUnit,
    queries: [
      { vector: named(maxBy(burnOf("1h", slo), "model")), legend: "{{model}}" },
      { vector: named(maxBy(burnOf("6h", slo), "model")), legend: "{{model}}", dashed: true },
    ],
    axis: "1 h, dashed 6 h",
    limits: burnLimits,
    leastAxis: 1.5,
    noValue: notRecorded,
    width: 12,
  });

/** How fast the budgets go. */
export const burns: Row = { title: "Burn", panels: eachObjective.map(([slo]) => burn(slo)) };

const longBurn = timeSeries({
  title: "Burn over three days",
  description: describeRecorded(
    "How many times faster than it may each error budget was spent within three days; of several jobs and models, and all models together, the worst. Above 1 for days is no emergency, and no month will hold the objective.",
    [recorded.sloBurn["3d"]],
  ),
  unit: timesUnit,
  queries: [{ vector: maxBy(burnOf("3d"), "slo"), legend: "{{slo}}" }],
  limits: burnLimits,
  leastAxis: 1.5,
  noValue: notRecorded,
  width: 8,
});

/** A month looks back over tens of thousands of samples at each step: few steps are enough for it. */
const monthlyStep = "15m";

const monthly = timeSeries({
  title: "Error budget left of up to 30 days",
  description: describeRecorded(
    `What is left of each error budget at each moment, ${monthSaid}; of several jobs the least. A budget is ${leastBudget} bad events at least. Each step up is bad events that became older than that. Below 0 more was spent than there was; what is below -100 % is drawn there.`,
    [recorded.sloBad, recorded.sloEvents, recorded.sloObjective],
  ),
  unit: ratioUnit,
  queries: [{ vector: atLeast(minBy(budgetOf(month), "slo"), -1), legend: "{{slo}}" }],
  limits: { below: "red", steps: [{ from: 0, color: "green" }] },
  belowZero: true,
  noValue: "Rules not loaded, no traffic, or less than a quarter of an hour is visible",
  width: 8,
}).interval(monthlyStep);

/** How long they will last. */
export const budgets: Row = { title: "Error budgets", panels: [budgetLeftOverTime(8), monthly, longBurn] };

/** Room for the names of three objectives of three models. */
const eventsHeight = 10;

const bad = timeSeries({
  title: "Bad events",
  description: describeRecorded(
    "Events per second that missed an objective, by objective. 0 is good. An event may miss several: one inference can be late and slow.",
    [recorded.sloBad],
  ),
  unit: eventsPerSecondUnit,
  queries: [{ vector: sumBy(badPerSecond(), "slo"), legend: "{{slo}}" }],
  noValue: notRecorded,
  width: 6,
  height: eventsHeight,
});

const share = timeSeries({
  title: "Share of bad events by model",
  description: describeRecorded(
    "The share of the judged events that were bad, over five minutes, by objective and model. The model whose line is highest spends the budget.",
    [recorded.sloBad, recorded.sloEvents],
  ),
  unit: ratioUnit,
  queries: [{ vector: badShareNow("slo", "model"), legend: "{{slo}} {{model}}" }],
  colors: "by place",
  leastAxis: smallShare,
  noValue: notRecorded,
  width: 12,
  height: eventsHeight,
});

const judged = timeSeries({
  title: "Judged events",
  description: describeRecorded(
    "Events per second that are judged at all, by objective. Where they are few, a single bad one is a large share, and the alerts wait for more.",
    [recorded.sloEvents],
  ),
  unit: eventsPerSecondUnit,
  queries: [{ vector: sumBy(eventsPerSecond(), "slo"), legend: "{{slo}}" }],
  noValue: notRecorded,
  width: 6,
  height: eventsHeight,
});

/** What spends them. */
export const events: Row = { title: "What spends the budgets", panels: [bad, share, judged] };
