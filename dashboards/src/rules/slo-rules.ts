import { type CounterRow, catalogue, type HistogramRow } from "@aiwatch/core";
import { bucketBound } from "../promql/bucket-bound.ts";
import { promqlBuilders } from "../promql/builders.ts";
import { growth } from "../promql/newborn-series.ts";
import type { Selection } from "../promql/select.ts";
import { sumBy } from "../promql/vector.ts";
import type { CheckedOptions } from "./options.ts";
import {
  type BurnWindow,
  burnWindows,
  countWindows,
  intervalSeconds,
  leastBudgets,
  type RecordedSeries,
  recorded,
  type Slo,
  slos,
} from "./recorded.ts";
import { indented, type RecordingRule, type RuleGroup } from "./rule.ts";

export const interval = `${intervalSeconds}s`;

const window = "5m";
const windowSeconds = 300;
const { perSecond } = promqlBuilders({ window });

/** What an objective judges, per second. */
interface Sli {
  readonly events: string;
  readonly bad: string;
}

type OfModels = (CounterRow | HistogramRow) & { readonly labels: { readonly model: object } };

/**
 * Events of each model per second, with those that a series begins with. They are a model's first answers in a process, as often as not its slowest,
 * since the model was cold: a histogram's series begin with the first observation, and a counter's are there at the first scrape after it. A rate sees
 * none of them.
 */
function perSecondOf<Row extends OfModels>(row: Row, part: Omit<Selection<Row>, "scope" | "range">): string {
  const { promql } = growth(row, { scope: {}, window, process: ["job", "instance"], ...part });
  const lines = promql.slice(1, -1).replaceAll(/ (?=and \(\(|unless resets|or increase\()/g, "\n");
  return `sum by (job, model) (\n${indented(2, lines)}\n) / ${windowSeconds}`;
}

function slower<Row extends OfModels & HistogramRow>(row: Row, bound: number): Sli {
  const all = perSecondOf(row, { suffix: "_count" });
  const good = perSecondOf(row, { suffix: "_bucket", bound: bucketBound(row, bound) });
  return { events: all, bad: `${all}\n- ${good}` };
}

/** Who goes away is no error, and no event either. */
const failedInferences: Sli = {
  events: perSecondOf(catalogue.inferences, { matchers: { finish_reason: { notMatching: "aborted" } } }),
  bad: perSecondOf(catalogue.inferences, { matchers: { finish_reason: "error" } }),
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

/** A sum over the samples, not a mean times the window: that would count the events of a young series several times. */
const countRules: readonly RecordingRule[] = countWindows.flatMap((over) =>
  (["sloEvents", "sloBad"] as const).map((of) => ({
    record: recorded[`${of}Count`][over].name,
    expr: `sum_over_time(${recorded[of].name}[${over}]) * ${intervalSeconds}`,
  })),
);

/**
 * The bad events of a window over its budget, of each model and of all models of a job together. A budget is never smaller than what makes
 * the alert's number of bad events burn at the alert's pace: one slow request of one is no burn of 20.
 */
function burnRule(over: BurnWindow): RecordingRule {
  const [bad, events] =
    over === window
      ? [recorded.sloBad, recorded.sloEvents]
      : [recorded.sloBadCount[over], recorded.sloEventsCount[over]];
  const least = leastBudgets[over];
  const burn = (badEvents: string, allEvents: string) => {
    const budget = `(${allEvents} > 0) * on (slo) group_left () (1 - max by (slo) (${recorded.sloObjective.name}))`;
    return `${badEvents} / ${least === undefined ? `(${budget})` : `clamp_min(${budget}, ${least})`}`;
  };
  const ofAll = ({ name }: RecordedSeries) => `sum without (model) (${name})`;
  const expr = `${burn(bad.name, events.name)}\nor\n${burn(ofAll(bad), ofAll(events))}`;
  return { record: recorded.sloBurn[over].name, expr };
}

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
  const rules = [...objectives, ...events, ...countRules, ...burnWindows.map(burnRule)];
  return { name: "aiwatch-slo", interval, rules };
}
