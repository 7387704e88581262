import { catalogue, type HistogramRow } from "@aiwatch/core";
import { bucketBound } from "../promql/bucket-bound.ts";
import { promqlBuilders } from "../promql/builders.ts";
import { sumBy } from "../promql/vector.ts";
import type { CheckedOptions } from "./options.ts";
import { type BurnWindow, burnWindows, countWindows, recorded, type Slo, slos } from "./recorded.ts";
import { promql, type RecordingRule, type RuleGroup } from "./rule.ts";

/** Seconds between two evaluations: the counts of bad events are reckoned with it. */
const intervalSeconds = 30;
export const interval = `${intervalSeconds}s`;

const window = "5m";
const { perSecond, bucketPerSecond, observationsPerSecond } = promqlBuilders({ window });

/** What an objective judges, per second. */
interface Sli {
  readonly events: string;
  readonly bad: string;
}

function slower(row: HistogramRow, bound: number): Sli {
  const all = sumBy({ ...observationsPerSecond(row), labels: ["job", "model"] }, "job", "model");
  const good = sumBy({ ...bucketPerSecond(row, bucketBound(row, bound)), labels: ["job", "model"] }, "job", "model");
  return { events: all.promql, bad: `${all.promql}\n- ${good.promql}` };
}

/** Who goes away is no error, and no event either. */
const failedInferences: Sli = {
  events: sumBy(perSecond(catalogue.inferences, { finish_reason: { notMatching: "aborted" } }), "job", "model").promql,
  bad: sumBy(perSecond(catalogue.inferences, { finish_reason: "error" }), "job", "model").promql,
};

/** The app's own requests: scrapes and health polls would drown them. All outcomes begin at 0, so that a young fleet's first requests are in both. */
const failedRequests: Sli = {
  events: sumBy(perSecond(catalogue.requestOutcomes), "job").promql,
  bad: sumBy(perSecond(catalogue.requestOutcomes, { outcome: "failed" }), "job").promql,
};

const slisOf = ({ ttftSeconds, tpotSeconds }: CheckedOptions): Readonly<Record<Slo, Sli>> => ({
  first_token: slower(catalogue.requestFirstToken, ttftSeconds),
  tpot: slower(catalogue.timePerOutputToken, tpotSeconds),
  inference_errors: failedInferences,
  http_errors: failedRequests,
});

/** The share of bad events over the window, in units of the budget. Both means have the same samples, so that the traffic weighs them. */
function burnRule(over: BurnWindow): RecordingRule {
  const mean = (name: string) => (over === window ? name : `avg_over_time(${name}[${over}])`);
  const expr = promql`
    ${mean(recorded.sloBad.name)} / (${mean(recorded.sloEvents.name)} > 0)
    / on (slo) group_left () (1 - max by (slo) (${recorded.sloObjective.name}))
  `;
  return { record: recorded.sloBurn[over].name, expr };
}

/** A sum over the samples, not a mean times the window: that would count the events of a young series several times. */
const countRules: readonly RecordingRule[] = countWindows.map((over) => ({
  record: recorded.sloBadCount[over].name,
  expr: `sum_over_time(${recorded.sloBad.name}[${over}]) * ${intervalSeconds}`,
}));

/** Objectives, what they judge, and how fast their budgets are spent: one group, so that all of it is of one time. */
export function sloGroup(options: CheckedOptions): RuleGroup {
  const slis = slisOf(options);
  const objectives = slos.map((slo) => ({
    record: recorded.sloObjective.name,
    labels: { slo },
    expr: `vector(${options.objectives[slo]})`,
  }));
  const events = slos.flatMap((slo) => [
    { record: recorded.sloEvents.name, labels: { slo }, expr: slis[slo].events },
    { record: recorded.sloBad.name, labels: { slo }, expr: slis[slo].bad },
  ]);
  const rules = [...objectives, ...events, ...burnWindows.map(burnRule), ...countRules];
  return { name: "aiwatch-slo", interval, rules };
}
