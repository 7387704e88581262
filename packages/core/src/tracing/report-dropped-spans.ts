import { sharedState } from "../state.ts";

/**
 * Counts spans that a pipeline lost, in `spans_dropped_total` of the default instance. Not a line: a collector that is down is nothing that the
 * app should hear of at every batch.
 */
export function reportDroppedSpans(spans: number): void {
  const { defaultInstance } = sharedState();
  defaultInstance?.diagnostics.guard("registry", "counting dropped spans", () =>
    defaultInstance.instruments.spansDropped.add({}, spans),
  );
}
