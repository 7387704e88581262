import type { CounterRow } from "@aiwatch/core";
import { type Matchers, select } from "./select.ts";

const noMatchers = {};

/** A counter's growth per second. */
export function perSecond<Row extends CounterRow>(row: Row, matchers: Matchers<Row> = noMatchers) {
  const { promql, labels } = select(row, matchers, { range: "$__rate_interval" });
  return { promql: `rate(${promql})`, labels };
}

/** A counter's growth over the whole visible time range. */
export function inRange<Row extends CounterRow>(row: Row, matchers: Matchers<Row> = noMatchers) {
  const { promql, labels } = select(row, matchers, { range: "$__range" });
  return { promql: `increase(${promql})`, labels };
}
