import type { MetricJson } from "../exposition/registry-metrics.ts";
import { keyOfTexts } from "../instruments/label-values.ts";
import type { Exemplar, Sample } from "../instruments/metric.ts";

/**
 * A sum that does not depend on the order of its terms: what rounding takes away is kept beside it. Otherwise the death of a worker, which
 * changes the order, could make a total smaller by its last digit, and Prometheus takes any counter that falls for one that began anew.
 */
export class ExactSum {
  #sum = 0;
  #rest = 0;

  /** Neumaier's variant of Kahan's summation. */
  add(term: number): void {
    const sum = this.#sum + term;
    const lost = Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum;
    this.#sum = sum;
    // a sum with an infinity in it has no rest
    if (Number.isFinite(lost)) this.#rest += lost;
  }

  get value(): number {
    return this.#sum + this.#rest;
  }

  /** What `value` leaves out: to be added where it is a term of another sum. */
  get rest(): number {
    const rest = this.#sum - this.value + this.#rest;
    return Number.isFinite(rest) ? rest : 0;
  }
}

/** A sample that was added up before, with what rounding took from it. */
export interface SummedSample extends Sample {
  readonly rest?: number;
}

/** One series of several processes. */
export class Total {
  readonly #first: Sample;
  readonly #sum = new ExactSum();
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #exemplar: Exemplar | undefined;

  constructor(first: Sample) {
    this.#first = first;
  }

  add({ value, rest = 0, exemplar }: SummedSample): void {
    this.#sum.add(value);
    this.#sum.add(rest);
    this.#count += 1;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    if (exemplar && exemplar.timestamp > (this.#exemplar?.timestamp ?? 0)) this.#exemplar = exemplar;
  }

  /** By the rule that the metric's `aggregator` names. */
  by(rule: Rule): SummedSample {
    const { labels, metricName } = this.#first;
    const rest = rule === "sum" ? this.#sum.rest : 0;
    return {
      labels,
      ...(metricName !== undefined && { metricName }),
      value: this.#value(rule),
      ...(rest !== 0 && { rest }),
      ...(this.#exemplar && { exemplar: this.#exemplar }),
    };
  }

  #value(rule: Rule): number {
    switch (rule) {
      case "sum":
        return this.#sum.value;
      case "average":
        return this.#sum.value / this.#count;
      case "min":
        return this.#min;
      case "max":
        return this.#max;
      case "first":
        return this.#first.value;
      default:
        return rule satisfies never;
    }
  }
}

/** prom-client's aggregators, but for `omit`. */
const rules = ["sum", "average", "min", "max", "first"] as const;
export type Rule = (typeof rules)[number];

export function isRule(name: string): name is Rule {
  return (rules as readonly string[]).includes(name);
}

/** Everything on one registry at one moment; a metric may come in several parts. Read when it is added up, and as often as that is done. */
export type Snapshot = Iterable<MetricJson>;

/**
 * The snapshots of several processes as one, each metric by the `aggregator` of the first that has it: what prom-client's
 * `AggregatorRegistry.aggregate` does. That one leaves exemplars out and holds up the event loop for as long as it takes; this one is to be
 * run in turns. A metric with an unknown aggregator is left out, as one with `omit` is, and
 * `unknownRule` is called with it.
 */
export function* addUp(
  snapshots: Iterable<Snapshot>,
  unknownRule: (metric: MetricJson) => void = () => {},
): Generator<void, readonly MetricJson[], void> {
  const families = new Map<string, Family>();
  for (const snapshot of snapshots) {
    for (const metric of snapshot) {
      const family = families.get(metric.name) ?? { metric, series: new Map() };
      families.set(metric.name, family);
      yield* addSamples(family, metric.values ?? []);
    }
  }
  const added: MetricJson[] = [];
  for (const family of families.values()) {
    const { aggregator: rule = "sum" } = family.metric;
    if (isRule(rule)) added.push({ ...family.metric, values: yield* totals(family, rule) });
    else if (rule !== "omit") unknownRule(family.metric);
  }
  return added;
}

interface Family {
  /** As the first process has it. */
  readonly metric: MetricJson;
  readonly series: Map<string, Total>;
}

/** Samples between two moments at which the work may be interrupted: well under a millisecond. */
const step = 200;

function* addSamples({ series }: Family, samples: readonly Sample[]): Generator<void, void, void> {
  for (const [index, sample] of samples.entries()) {
    const key = keyOf(sample);
    const total = series.get(key) ?? new Total(sample);
    series.set(key, total);
    total.add(sample);
    if (index % step === 0) yield;
  }
}

function* totals({ series }: Family, rule: Parameters<Total["by"]>[0]): Generator<void, Sample[], void> {
  const values: Sample[] = [];
  for (const total of series.values()) {
    values.push(total.by(rule));
    if (values.length % step === 0) yield;
  }
  return values;
}

/** One series, whatever the order of its labels. */
function keyOf({ metricName = "", labels = {} }: Partial<Sample>): string {
  const names = Object.keys(labels).sort();
  const texts = [String(names.length), metricName];
  for (const name of names) texts.push(name, String(labels[name]));
  return keyOfTexts(texts);
}
