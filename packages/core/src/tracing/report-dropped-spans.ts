import { defaultOf } from "../base/default-instance.ts";
import type { Diagnostics } from "../base/diagnostics.ts";

interface SpanCounter {
  readonly diagnostics: Diagnostics;
  readonly instruments: { readonly spansDropped: { add(labels: object, amount: number): void } };
}

/**
 * Counts spans that a pipeline lost, in `spans_dropped_total` of the default instance. Not a line: a collector that is down is nothing that the
 * app should hear of at every batch.
 */
export function reportDroppedSpans(spans: number): void {
  const { instance } = defaultOf<SpanCounter>();
  instance?.diagnostics.guard("registry", "counting dropped spans", () =>
    instance.instruments.spansDropped.add({}, spans),
  );
}
