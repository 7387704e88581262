import type { CounterRow } from "@aiwatch/core";
import { promqlBuilders } from "./builders.ts";
import type { Matchers, NotMatching, Scope } from "./select.ts";

/** What the reader chose at the top of the dashboard. */
export const chosen: Scope = {
  job: { matching: "$job" },
  instance: { matching: "$instance" },
  model: { matching: "$model" },
};

const builders = promqlBuilders({ scope: chosen, window: "$__rate_interval" });

export const { perSecond, now, objective, quantile, mean, buckets, amountPerSecond, observationsPerSecond, goodput } =
  builders;

/** A counter's growth over the whole visible time range. */
export function inRange<Row extends CounterRow>(row: Row, matchers?: Matchers<Row>) {
  return builders.increase(row, "$__range", matchers);
}

/**
 * The app's own endpoints. Scrapes and health polls, which come every few seconds, would drown them: AIWatch's routes are counted in
 * `http_requests_total`, and left out here. Where an app renames those routes, this is the one matcher to adapt.
 */
export const appEndpoints: NotMatching = { notMatching: "/metrics(/.*)?|/health|/readiness|/livez|/readyz" };
