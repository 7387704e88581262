import {
  type BurnWindow,
  type CountWindow,
  intervalSeconds,
  type RecordedSeries,
  recorded,
  type Slo,
  selectRecorded,
} from "../rules/recorded.ts";
import { chosen, orNone } from "./panel-queries.ts";
import { once, withSurroundings } from "./select.ts";
import { maxBy, ratio, sumBy, type Vector } from "./vector.ts";

type SloLabel = "slo" | "job" | "model";
type OfSlos = Vector<SloLabel>;

/** The objective of HTTP has no model: it is there whichever models are chosen. */
const model = orNone("model");

const selected = (series: RecordedSeries<SloLabel>, slo?: Slo): OfSlos =>
  selectRecorded(series, chosen, { model, ...(slo !== undefined && { slo }) });

const of = (series: RecordedSeries<SloLabel>, slo?: Slo): OfSlos => once(selected(series, slo));

/** How fast an objective's budget burns, or every objective's: of each model, and of all together, whichever models are chosen. */
export const burnOf = (window: BurnWindow, slo?: Slo): OfSlos => of(recorded.sloBurn[window], slo);

export const badPerSecond = (slo?: Slo): OfSlos => of(recorded.sloBad, slo);
export const eventsPerSecond = (slo?: Slo): OfSlos => of(recorded.sloEvents, slo);

/** The share of an objective's events that has to be good. A store of several clusters has it several times. */
export const goals = (): Vector<"slo"> =>
  maxBy(selectRecorded(recorded.sloObjective, {}, { slo: { matching: ".+" } }), "slo");

/** The same beside each job and model that it judges, and all models together. */
export function goalOfEach(): OfSlos {
  const { promql, labels } = eventsOfEach();
  return { promql: `0 * (${promql}) + on (slo) group_left () ${goals().promql}`, labels };
}

/** All models of a job, and what has none, together. */
const together = ({ promql }: OfSlos): Vector<"slo" | "job"> => ({
  promql: `sum by (${withSurroundings(["slo", "job"]).join(", ")}) (${promql})`,
  labels: ["slo", "job"],
});

/** Beside each model's value that of all models of a job together, which has no `model`, as burns have it. */
const withAllTogether = (each: OfSlos): OfSlos => ({
  promql: `${each.promql} or ${together(each).promql}`,
  labels: each.labels,
});

/** Events per second, by model and of all together. */
export const eventsOfEach = (): OfSlos => withAllTogether(eventsPerSecond());

/** Events that missed an objective within a window, by model and of all together. */
export const badOfEach = (window: CountWindow): OfSlos => withAllTogether(of(recorded.sloBadCount[window]));

/** A recorded value per second over a range, added up over its samples. */
function total(series: RecordedSeries<SloLabel>, range: string, slo?: Slo): OfSlos {
  const { promql, labels } = selected(series, slo);
  return once({ promql: `sum_over_time(${promql}[${range}])`, labels });
}

/** The share of bad events over a range, all of them weighed alike, by model and of all together. */
export function badShareOfEach(range: string): OfSlos {
  const [bad, events] = [total(recorded.sloBad, range), total(recorded.sloEvents, range)];
  return {
    promql: `${bad.promql} / (${events.promql} > 0) or ${together(bad).promql} / (${together(events).promql} > 0)`,
    labels: bad.labels,
  };
}

/** Bad events that a budget is at least, whatever its range: a young one of three requests is not gone with the first that is slow. */
export const leastBudget = 20;

/**
 * What is left of the budget of a range: 1 is all of it, 0 none, below that more was spent than there was. A budget is the objective's, over
 * all of its models that are chosen.
 */
export function budgetOf(range: string, slo?: Slo): Vector<"slo" | "job"> {
  const counted = (series: RecordedSeries<SloLabel>) =>
    `${together(total(series, range, slo)).promql} * ${intervalSeconds}`;
  const budget = `(${counted(recorded.sloEvents)} > 0) * on (slo) group_left () (1 - ${goals().promql})`;
  return { promql: `1 - ${counted(recorded.sloBad)} / clamp_min(${budget}, ${leastBudget})`, labels: ["slo", "job"] };
}

/** Seconds of a range for which there are recorded events: how far back a budget can look. */
export function historyOf(range: string, slo?: Slo): Vector<"slo" | "job"> {
  const samples = `count_over_time(${selected(recorded.sloEvents, slo).promql}[${range}])`;
  const { promql, labels } = once({ promql: samples, labels: ["slo", "job"] });
  return { promql: `${promql} * ${intervalSeconds}`, labels };
}

/** What only a whole objective has, beside each of its models: a table merges lines that have the same labels. */
export function besideModels({ promql }: Vector<"slo" | "job">): OfSlos {
  const { promql: each, labels } = eventsOfEach();
  const owner = withSurroundings(["slo", "job"]).join(", ");
  return { promql: `0 * (${each}) + on (${owner}) group_left () (${promql})`, labels };
}

/** The least of the jobs' budgets, with a label `days` that says over how many days there is history of all of them. */
export function leastBudgetWithDays(range: string, slo: Slo): Vector<"days"> {
  const days = `round(min(${historyOf(range, slo).promql}) / 86400, 0.1)`;
  const budget = `min(${budgetOf(range, slo).promql})`;
  // of a young history 0 would be said, as if there were none
  const said = `label_replace(count_values("days", ${days}), "days", "less than 0.1", "days", "0")`;
  return { promql: `${budget} * on () group_left (days) ${said}`, labels: ["days"] };
}

/** The share of bad events in the last five minutes. */
export const badShareNow = <const By extends readonly SloLabel[]>(...by: By): Vector<By[number]> =>
  ratio(sumBy(badPerSecond(), ...by), sumBy(eventsPerSecond(), ...by));
