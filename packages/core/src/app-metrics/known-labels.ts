import type { CounterDefinition } from "../catalogue/row.ts";
import type { CounterMetric } from "../instruments/counter.ts";
import type { PlainLabels } from "./calls.ts";

/** As many series as a counter begins with: lists that make more of them are seldom all used. */
const most = 100;

/** A counter whose label values are all known begins at 0, so that `increase()` sees each series' first addition. */
export function beginKnownLabels(metric: CounterMetric<CounterDefinition>, { labels }: CounterDefinition): void {
  let sets: PlainLabels[] = [{}];
  for (const [name, { values }] of Object.entries(labels)) {
    if (values === undefined || sets.length * values.length > most) return;
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [name]: value })));
  }
  for (const set of sets) metric.begin(set);
}
