import {
  type Aggregation,
  type CatalogueRow,
  type CounterRow,
  catalogue,
  type GaugeRow,
  type HistogramRow,
} from "@aiwatch/core";
import { growth } from "./newborn-series.ts";
import { type LabelOf, type Matcher, type Matchers, type Scope, select, type TargetLabel } from "./select.ts";
import { averageBy, maxBy, minBy, ratio, sumBy, type Vector } from "./vector.ts";

/** A gauge of each model. */
export type ModelGauge = GaugeRow & { readonly labels: { readonly model: object } };

export interface BuilderOptions {
  /** What every selector is limited to. @default {} every series that Prometheus has */
  readonly scope?: Scope;
  /** How far back rates, quantiles and means look: `5m`, or `$__rate_interval`. */
  readonly window: string;
}

type ObjectiveName = (typeof catalogue.sloObjective.labels.objective.values)[number];

type SeriesLabel<Row extends CatalogueRow> = LabelOf<Row> | TargetLabel;

/**
 * Builds PromQL from the catalogue's rows, all within one scope and one window: a dashboard's are Grafana's variables, an alert rule's are
 * constants. A label or a value that a row lacks is a type error.
 *
 * @example
 * const { perSecond } = promqlBuilders({ scope: { job: "genai-app" }, window: "5m" });
 * sumBy(perSecond(catalogue.errors), "type").promql;
 * // sum by (type) (rate(genai_app_errors_total{job="genai-app"}[5m]))
 */
export function promqlBuilders({ scope = {}, window }: BuilderOptions) {
  const counters = counterBuilders(scope, window);
  return {
    ...counters,
    ...histogramBuilders(scope, window),
    now: gaugeBuilder(scope),
    peak: peakBuilder(scope, window),
    objective: objectiveBuilder(scope),
    /** The share of judged inferences that held every objective; nothing where none was judged. */
    goodput<const By extends readonly "model"[]>(...by: By): Vector<By[number]> {
      const { sloInferences } = catalogue;
      const good = counters.perSecond(sloInferences, { outcome: "good" });
      return ratio(sumBy(good, ...by), sumBy(counters.perSecond(sloInferences), ...by));
    },
    /** The share of ended inferences that failed. Those that the caller called off are left out: they say nothing of the model. */
    failedShare<const By extends readonly ("model" | "operation" | TargetLabel)[]>(...by: By): Vector<By[number]> {
      const { inferences } = catalogue;
      const failed = counters.perSecond(inferences, { finish_reason: "error" });
      const ended = counters.perSecond(inferences, { finish_reason: { notMatching: "aborted" } });
      return ratio(sumBy(failed, ...by), sumBy(ended, ...by));
    },
  };
}

function counterBuilders(scope: Scope, window: string) {
  return {
    /** A counter's growth per second. */
    perSecond<Row extends CounterRow>(row: Row, matchers: Matchers<Row> = {}): Vector<SeriesLabel<Row>> {
      const { promql, labels } = select(row, { scope, matchers, range: window });
      return { promql: `rate(${promql})`, labels };
    },

    /** A counter's growth over a range, such as the whole visible time. */
    increase<Row extends CounterRow>(row: Row, range: string, matchers: Matchers<Row> = {}): Vector<SeriesLabel<Row>> {
      const { promql, labels } = select(row, { scope, matchers, range });
      return { promql: `increase(${promql})`, labels };
    },

    /** A counter's growth in each window, of which series begin with their first event: see `growth`. */
    grown<Row extends CounterRow>(row: Row, matchers: Matchers<Row> = {}): Vector<SeriesLabel<Row>> {
      return growth(row, { scope, window, matchers });
    },
  };
}

/** The row says how several processes' series become one; PromQL has to say the same of several instances. */
const operators = { sum: sumBy, max: maxBy, min: minBy, average: averageBy } as const;

function operatorOf({ aggregation, name }: { aggregation: Aggregation; name: string }) {
  if (aggregation === "omit") throw new Error(`${name} has no meaning across processes: show it by instance`);
  return operators[aggregation];
}

/** A gauge's value over the selected instances, put together as its row says. */
const gaugeBuilder =
  (scope: Scope) =>
  <Row extends GaugeRow, const By extends readonly SeriesLabel<Row>[]>(row: Row, ...by: By): Vector<By[number]> =>
    operatorOf(row)(select(row, { scope }), ...by);

/** The largest value that a gauge had within each window, over the selected instances. */
const peakBuilder =
  (scope: Scope, window: string) =>
  <Row extends GaugeRow, const By extends readonly SeriesLabel<Row>[]>(row: Row, ...by: By): Vector<By[number]> => {
    const { promql, labels } = select(row, { scope, range: window });
    return maxBy({ promql: `max_over_time(${promql})`, labels }, ...by);
  };

/** The objective of a name, over the selected instances. Put together as its row says, which is the same for all of them. */
const objectiveBuilder =
  (scope: Scope) =>
  (objective: ObjectiveName): Vector<never> =>
    operatorOf(catalogue.sloObjective)(select(catalogue.sloObjective, { scope, matchers: { objective } }));

function histogramBuilders(scope: Scope, window: string) {
  const rate =
    (suffix: "_sum" | "_count") =>
    <Row extends HistogramRow>(row: Row, matchers: Matchers<Row> = {}): Vector<SeriesLabel<Row>> => {
      const { promql, labels } = select(row, { scope, matchers, suffix, range: window });
      return { promql: `rate(${promql})`, labels };
    };
  const amountPerSecond = rate("_sum");
  const observationsPerSecond = rate("_count");

  /** Observations per second that were at most a bucket's bound: see `bucketBound`. */
  function bucketPerSecond<Row extends HistogramRow>(
    row: Row,
    bound: Matcher,
    matchers: Matchers<Row> = {},
  ): Vector<SeriesLabel<Row> | "le"> {
    const { promql, labels } = select(row, { scope, matchers, suffix: "_bucket", bound, range: window });
    return { promql: `rate(${promql})`, labels: [...labels, "le"] };
  }
  return {
    bucketPerSecond,

    /** The share of the observations in each window that were at most a bucket's bound; nothing where there are none. */
    shareWithin<Row extends HistogramRow, const By extends readonly SeriesLabel<Row>[]>(
      row: Row,
      bound: Matcher,
      ...by: By
    ): Vector<By[number]> {
      return ratio(sumBy(bucketPerSecond(row, bound), ...by), sumBy(observationsPerSecond(row), ...by));
    },

    /** What was observed per second, added up. */
    amountPerSecond,

    /** Observations per second. */
    observationsPerSecond,

    /** The mean of the observations in each window; nothing where there are none. Means of parts add up to the mean of the whole. */
    mean<Row extends HistogramRow, const By extends readonly SeriesLabel<Row>[]>(
      row: Row,
      ...by: By
    ): Vector<By[number]> {
      return ratio(sumBy(amountPerSecond(row), ...by), sumBy(observationsPerSecond(row), ...by));
    },

    /** The same of the observations that the matchers choose. */
    meanOf<Row extends HistogramRow, const By extends readonly SeriesLabel<Row>[]>(
      row: Row,
      matchers: Matchers<Row>,
      ...by: By
    ): Vector<By[number]> {
      return ratio(sumBy(amountPerSecond(row, matchers), ...by), sumBy(observationsPerSecond(row, matchers), ...by));
    },

    /**
     * A quantile of the observations in each window. A window without observations gives NaN in PromQL; `>= 0`, which no NaN passes, leaves
     * a gap instead.
     */
    quantile<Row extends HistogramRow, By extends SeriesLabel<Row>>(
      q: number,
      row: Row,
      by: readonly By[],
      matchers: Matchers<Row> = {},
    ): Vector<By> {
      const { promql } = select(row, { scope, matchers, suffix: "_bucket", range: window });
      const grouping = ["le", ...by].join(", ");
      return { promql: `histogram_quantile(${q}, sum by (${grouping}) (rate(${promql}))) >= 0`, labels: by };
    },

    /** How many observations fell into each bucket's bound and below in each window, for a heatmap. */
    buckets<Row extends HistogramRow>(row: Row, matchers: Matchers<Row> = {}): Vector<"le"> {
      const { promql } = select(row, { scope, matchers, suffix: "_bucket", range: window });
      return { promql: `sum by (le) (increase(${promql}))`, labels: ["le"] };
    },
  };
}
