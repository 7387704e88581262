import type { MetricJson } from "../exposition/metric-json.ts";
import { keyOfTexts } from "../instruments/label-values.ts";
import type { Sample } from "../instruments/metric.ts";
import { isRule, Total } from "./total.ts";

/** Everything on one registry at one moment; a metric may come in several parts. Read when it is added up, and as often as that is done. */
export type Snapshot = Iterable<MetricJson>;

/**
 * The snapshots of several processes as one, each metric by the `aggregator` of the first that has it: what prom-client's
 * `AggregatorRegistry.aggregate` does. That one leaves exemplars out and holds up the event loop for as long as it takes; this one is to be
 * run in turns. A metric with an aggregator that nobody knows is left out, as one with `omit` is, and told of.
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
