import {
  type BurnWindow,
  type CountWindow,
  intervalSeconds,
  type RecordedSeries,
  recorded,
  type Slo,
  selectRecorded,
} from "../rules/recorded.ts";
import { chosen } from "./panel-queries.ts";
import type { Scope } from "./select.ts";
import { groupBy, maxBy, ratio, sumBy, type Vector } from "./vector.ts";

type SloLabel = "slo" | "job" | "model";
type OfSlos = Vector<SloLabel>;

/** The objective of HTTP has no model: it is there whichever models are chosen. */
const model = { matching: "$model|" } as const;
const { job } = chosen;
const scope: Scope = job === undefined ? {} : { job };

const of = (series: RecordedSeries<SloLabel>, slo?: Slo): OfSlos =>
  selectRecorded(series, scope, { model, ...(slo !== undefined && { slo }) });

/** How fast an objective's budget burns, or every objective's: of each model, and of all together, whichever models are chosen. */
export const burnOf = (window: BurnWindow, slo?: Slo): OfSlos => of(recorded.sloBurn[window], slo);

export const badPerSecond = (slo?: Slo): OfSlos => of(recorded.sloBad, slo);
export const eventsPerSecond = (slo?: Slo): OfSlos => of(recorded.sloEvents, slo);

/** The share of an objective's events that has to be good. A store of several clusters has it several times. */
export const goals = (): Vector<"slo"> =>
  maxBy(selectRecorded(recorded.sloObjective, {}, { slo: { matching: ".+" } }), "slo");

/** The same beside each job and model that it judges, and all models together. */
export function goalOfEach(): OfSlos {
  const each = withAllTogether(groupBy(eventsPerSecond(), "slo", "job", "model").promql);
  return {
    promql: `group by (slo, job, model) (${each.promql}) * on (slo) group_left () ${goals().promql}`,
    labels: each.labels,
  };
}

/** Beside each model's value that of all models of a job together, which has no `model`, as burns have it. */
function withAllTogether(promql: string): OfSlos {
  return { promql: `${promql} or sum by (slo, job) (${promql})`, labels: ["slo", "job", "model"] };
}

/** Events per second, by model and of all together. */
export const eventsOfEach = (): OfSlos => withAllTogether(eventsPerSecond().promql);

/** Events that missed an objective within a window, by model and of all together. */
export const badOfEach = (window: CountWindow): OfSlos => withAllTogether(of(recorded.sloBadCount[window]).promql);

const total = ({ promql }: OfSlos, range: string) => `sum_over_time(${promql}[${range}])`;

/** The share of bad events over a range, all of them weighed alike, by model and of all together. */
export function badShareOfEach(range: string): OfSlos {
  const [bad, events] = [total(badPerSecond(), range), total(eventsPerSecond(), range)];
  const ofAll = (promql: string) => `sum by (slo, job) (${promql})`;
  return {
    promql: `${bad} / (${events} > 0) or ${ofAll(bad)} / (${ofAll(events)} > 0)`,
    labels: ["slo", "job", "model"],
  };
}

/** Bad events that a budget is at least: a young one of three requests is not gone with the first that is slow. */
const leastBudget = 20;

/**
 * What is left of the budget of a range: 1 is all of it, 0 none, below that more was spent than there was. A budget is the objective's, over
 * all of its models that are chosen.
 */
export function budgetOf(range: string, slo?: Slo): Vector<"slo" | "job"> {
  const counted = (series: OfSlos) => `sum by (slo, job) (${total(series, range)}) * ${intervalSeconds}`;
  const budget = `(${counted(eventsPerSecond(slo))} > 0) * on (slo) group_left () (1 - ${goals().promql})`;
  return {
    promql: `1 - ${counted(badPerSecond(slo))} / clamp_min(${budget}, ${leastBudget})`,
    labels: ["slo", "job"],
  };
}

/** Seconds of a range for which there are recorded events: how far back a budget can look. */
export const historyOf = (range: string, slo?: Slo): Vector<"slo" | "job"> => ({
  promql: `max by (slo, job) (count_over_time(${eventsPerSecond(slo).promql}[${range}])) * ${intervalSeconds}`,
  labels: ["slo", "job"],
});

/** What only a whole objective has, for a table that has lines of models, too. */
export const besideModels = ({ promql }: Vector<"slo" | "job">): OfSlos => ({
  promql,
  labels: ["slo", "job", "model"],
});

/** The least of the jobs' budgets, with a label `days` that says over how many days there is history of all of them. */
export function leastBudgetWithDays(range: string, slo: Slo): Vector<"days"> {
  const days = `round(min(${historyOf(range, slo).promql}) / 86400, 0.1)`;
  const budget = `min(${budgetOf(range, slo).promql})`;
  return { promql: `${budget} * on () group_left (days) count_values("days", ${days})`, labels: ["days"] };
}

/** The share of bad events in the last five minutes. */
export const badShareNow = <const By extends readonly SloLabel[]>(...by: By): Vector<By[number]> =>
  ratio(sumBy(badPerSecond(), ...by), sumBy(eventsPerSecond(), ...by));
