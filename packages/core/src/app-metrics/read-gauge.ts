import type { Diagnostics } from "../base/diagnostics.ts";
import type { GaugeDefinition } from "../catalogue/row.ts";
import { ReadGauge } from "../instruments/gauge.ts";
import { LabelLimiter } from "../instruments/label-limiter.ts";
import { keyOfTexts } from "../instruments/label-value.ts";
import type { Calls, PlainLabels } from "./calls.ts";
import type { GaugeHandle } from "./gauge.ts";

type Reading = readonly [PlainLabels, number | undefined];

/** A gauge whose values the app is asked for. A fault of the app's costs this metric its samples, and no other. */
export function makeReadGauge(
  definition: GaugeDefinition,
  read: () => unknown,
  { calls, dropped, diagnostics }: { calls: Calls; dropped: () => void; diagnostics: Diagnostics },
): ReadGauge<GaugeDefinition> {
  const limiter = new LabelLimiter(definition.labels, dropped);
  const hasLabels = Object.keys(definition.labels).length > 0;
  const what = `reading ${definition.name}`;
  const collect = (): Reading[] => {
    // guarded by itself: it may hand over a promise, whose rejection would be nobody's
    const given = diagnostics.guard("registry", what, read);
    if (given === undefined) return [];
    if (!hasLabels) return [[{}, calls.number([given])]];
    const readings = new Map<string, Reading>();
    for (const { labels, value } of given as Iterable<Readonly<Record<string, unknown>>>) {
      const texts = calls.check(labels);
      const number = texts && calls.number([value]);
      if (texts === undefined || number === undefined) continue;
      const values = limiter.admit(texts, true);
      if (!limiter.isOver(texts)) readings.set(keyOfTexts(values), [limiter.labelsOf(values), number]);
    }
    return [...readings.values()];
  };
  return new ReadGauge(definition, () => diagnostics.guard("registry", what, collect) ?? []);
}

/** What is read cannot be set: TypeScript knows it, and from elsewhere it is reported. */
export function readGaugeHandle(name: string, calls: Calls): GaugeHandle<never> {
  const set = () => calls.refuse("by the app, though it is read at each scrape");
  return { name, set, add: set, bind: () => ({ set, add: set }) };
}
