import { type CounterRow, catalogue } from "@aiwatch/core";
import { promqlBuilders } from "./builders.ts";
import { secondsOf } from "./newborn-series.ts";
import { outside } from "./outside-series.ts";
import { type Matchers, type NotMatching, type Scope, select } from "./select.ts";
import { countBy, type Vector } from "./vector.ts";

/** What the reader chose at the top of the dashboard. */
export const chosen: Scope = {
  cluster: { matching: "$cluster" },
  namespace: { matching: "$namespace" },
  job: { matching: "$job" },
  instance: { matching: "$instance" },
  model: { matching: "$model" },
};

/** For lines and heatmaps: each step looks back a few scrapes. */
const step = "$__rate_interval";
export const lines = promqlBuilders({ scope: chosen, window: step });
/** For tiles and tables: half a minute without an answer would empty them while the model never rests, so they look back five minutes. */
export const recent = promqlBuilders({ scope: chosen, window: "5m" });
/** For tiles and tables about the whole visible time range. */
export const visible = promqlBuilders({ scope: chosen, window: "$__range" });

export const {
  perSecond,
  grown,
  now,
  objective,
  quantile,
  mean,
  meanOf,
  buckets,
  amountPerSecond,
  observationsPerSecond,
  shareWithin,
  goodput,
  failedShare,
} = lines;

/** A counter's growth over the whole visible time range. */
export function inRange<Row extends CounterRow>(row: Row, matchers?: Matchers<Row>) {
  return lines.increase(row, "$__range", matchers);
}

/** Per second, of what grew in each step of a line. */
export const perSecondInStep = <Label extends string>(grown: Vector<Label>): Vector<Label> => ({
  promql: `${grown.promql} / ${secondsOf(step)}`,
  labels: grown.labels,
});

/** Per second, of what grew in the five minutes of a tile or a table. */
export const perSecondOfRecent = <Label extends string>({ promql, labels }: Vector<Label>): Vector<Label> => ({
  promql: `${promql} / 300`,
  labels,
});

/**
 * The app's own endpoints. Scrapes and health polls, which come every few seconds, would drown them: AIWatch's routes are counted in
 * `http_requests_total`, and left out here. Where an app renames those routes, this is the one matcher to adapt. What needs no endpoint reads
 * `request_outcomes_total`, which has the app's own requests alone.
 */
export const appEndpoints: NotMatching = {
  notMatching: "/metrics(/.*)?|/aiwatch/browser|/health|/readiness|/livez|/readyz",
};

/** Every app has this gauge from its start, traffic or not: it tells which jobs and instances there are. */
const presence = catalogue.activeRequests;

/** Processes that answer Prometheus. */
export const processes = <const By extends readonly ("job" | "instance")[]>(...by: By) =>
  countBy(select(presence, { scope: chosen }), ...by);

/** Every value that is chosen, and none: the objective of HTTP has no model, and an alert may lack any label. */
export const orNone = (variable: string) => ({ matching: `$${variable}|` });

/** AIWatch's alerts that fire or are about to. */
export function alerts() {
  return select(outside.alerts, {
    scope: {},
    matchers: {
      alertname: { matching: "AIWatch.+" },
      cluster: orNone("cluster"),
      namespace: orNone("namespace"),
      job: orNone("job"),
      instance: orNone("instance"),
      model: orNone("model"),
    },
  });
}
