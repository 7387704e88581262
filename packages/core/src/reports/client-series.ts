import type { AiwatchHost } from "../aiwatch/host.ts";
import { clientOutcomes, clientSpanOutcomes, errorTypes } from "../catalogue/values.ts";
import { LabelLimiter, overflowValue } from "../instruments/label-values.ts";

/** How many error types of their own browsers may have: those of the server must find room in the metric whatever is posted. */
export const foreignErrorTypes = 10;

/** By instance: all doors share the places. */
const limiters = new WeakMap<AiwatchHost, LabelLimiter>();

/** @returns counts an error of a browser in `errors_total{operation="client"}` */
export function countClientErrors(aiwatch: AiwatchHost): (type: string) => void {
  const types = limiters.get(aiwatch) ?? limiterOf(aiwatch);
  limiters.set(aiwatch, types);
  return function count(reported) {
    const [type = overflowValue] = types.admit({ type: reported }, true);
    aiwatch.instruments.errors.add({ type, operation: "client" });
  };
}

function limiterOf(aiwatch: AiwatchHost): LabelLimiter {
  const dropped = () => {
    const { errors, seriesDropped } = aiwatch.instruments;
    seriesDropped.add({ metric: errors.rowName });
  };
  const rules = { type: { values: errorTypes.client, cap: errorTypes.client.length + foreignErrorTypes } };
  return new LabelLimiter(rules, dropped);
}

/** Which series of browsers begin at 0, and when: as others do, where an app takes reports. */
type Host = Pick<AiwatchHost, "instruments">;

/** Browsers may post their errors. */
export function beginClientErrors({ instruments }: Host): void {
  for (const type of errorTypes.client) instruments.errors.begin({ type, operation: "client" });
}

/** Browsers may post what they measured. */
export function beginClientTimes({ instruments: { clientFirstToken, clientResponse } }: Host): void {
  clientFirstToken.begin({});
  clientResponse.begin({});
}

/** Browsers may post their answers and spans. */
export function beginClientCounts({ instruments: { clientAnswers, clientSpans } }: Host): void {
  for (const outcome of clientOutcomes) clientAnswers.begin({ outcome });
  for (const outcome of clientSpanOutcomes) clientSpans.begin({ outcome });
}
