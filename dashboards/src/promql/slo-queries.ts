import {
  type BurnWindow,
  type CountWindow,
  type RecordedSeries,
  recorded,
  type Slo,
  selectRecorded,
} from "../rules/recorded.ts";
import { chosen } from "./panel-queries.ts";
import { once } from "./select.ts";
import { ratio, sumBy, type Vector } from "./vector.ts";

type SloLabel = "slo" | "job" | "model";
type OfSlos = Vector<SloLabel>;

/** The objective of HTTP has no model: it is there whichever models are chosen. */
const model = { matching: "$model|" } as const;

const selected = (series: RecordedSeries<SloLabel>, slo?: Slo): OfSlos =>
  selectRecorded(series, chosen, { model, ...(slo !== undefined && { slo }) });

const of = (series: RecordedSeries<SloLabel>, slo?: Slo): OfSlos => once(selected(series, slo));

/** How fast an objective's budget burns, or every objective's. */
export const burnOf = (window: BurnWindow, slo?: Slo): OfSlos => of(recorded.sloBurn[window], slo);

export const badPerSecond = (slo?: Slo): OfSlos => of(recorded.sloBad, slo);
export const eventsPerSecond = (slo?: Slo): OfSlos => of(recorded.sloEvents, slo);

/** Events that missed an objective within a window. */
export const badCount = (window: CountWindow): OfSlos => of(recorded.sloBadCount[window]);

/** The share of an objective's events that has to be good. */
export const goals = (): Vector<"slo"> => once(selectRecorded(recorded.sloObjective, {}, { slo: { matching: ".+" } }));

/** The same beside each job and model that it judges. */
export function goalOfEach(): OfSlos {
  const { promql, labels } = eventsPerSecond();
  return { promql: `0 * ${promql} + on (slo) group_left () ${goals().promql}`, labels };
}

const total = (series: RecordedSeries<SloLabel>, range: string, slo?: Slo): string =>
  once({ ...selected(series, slo), promql: `sum_over_time(${selected(series, slo).promql}[${range}])` }).promql;

/** The share of bad events over a range, all of them weighed alike. */
export const badShare = (range: string, slo?: Slo): OfSlos => ({
  promql: `${total(recorded.sloBad, range, slo)} / (${total(recorded.sloEvents, range, slo)} > 0)`,
  labels: ["slo", "job", "model"],
});

/** What is left of the budget of a range: 1 is all of it, 0 none, below that more was spent than there was. */
export const budgetOf = (range: string, slo?: Slo): OfSlos => ({
  promql: `1 - ${badShare(range, slo).promql} / on (slo) group_left () (1 - ${goals().promql})`,
  labels: ["slo", "job", "model"],
});

/** The share of bad events in the last five minutes. */
export const badShareNow = <const By extends readonly SloLabel[]>(...by: By): Vector<By[number]> =>
  ratio(sumBy(badPerSecond(), ...by), sumBy(eventsPerSecond(), ...by));
