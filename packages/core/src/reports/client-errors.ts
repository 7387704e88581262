import type { AiwatchHost } from "../aiwatch/host.ts";
import { errorTypes } from "../catalogue/values.ts";
import { LabelLimiter, overflowValue } from "../instruments/label-values.ts";

/** How many error types of their own browsers may have: those of the server must find room in the metric whatever is posted. */
export const foreignErrorTypes = 10;

/** By instance: all doors share the places. */
const limiters = new WeakMap<AiwatchHost, LabelLimiter>();

/** @returns counts an error of a browser in `errors_total{operation="client"}` */
export function countClientErrors(aiwatch: AiwatchHost): (type: string | undefined) => void {
  const types = limiters.get(aiwatch) ?? limiterOf(aiwatch);
  limiters.set(aiwatch, types);
  return function count(reported = "unknown") {
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
