/** How a label's values are bounded. A label without known values comes from outside and is capped. */
export interface LabelRule {
  /** The closed list of values; absent where the values come from outside. */
  readonly values?: readonly string[];
  /** How many different values are kept before the rest become `other`. */
  readonly cap: number;
}

/** How the combinations of a metric's label values are bounded: labels within their caps multiply. */
export interface JointCap {
  /** Whose value becomes `other` in what comes after the cap. */
  readonly label: string;
  /** How many combinations are kept. */
  readonly cap: number;
}

/** How one row's series of several processes become one, in prom-client's words. */
export type Aggregation = "sum" | "max" | "min" | "average" | "omit";

export type Unit =
  | "seconds"
  | "bytes"
  | "tokens"
  | "tokens per second"
  | "threads"
  | "requests"
  | "answers"
  | "entries"
  | "errors"
  | "inferences"
  | "chats"
  | "calls"
  | "sequences"
  | "context shifts"
  | "ratio"
  | "models"
  | "model servers"
  | "slots"
  | "restarts"
  | "spans"
  | "series"
  | "processes"
  | "workers";

interface DefinitionBase {
  /** The full name, its prefix included. */
  readonly name: string;
  /** What the metric's `# HELP` line says. */
  readonly help: string;
  readonly labels: Readonly<Record<string, LabelRule>>;
  /** Several contexts or processes: what one series then says. */
  readonly aggregation: Aggregation;
}

export interface CounterDefinition extends DefinitionBase {
  readonly type: "counter";
  /** Absent where the labels' own caps suffice. */
  readonly together?: JointCap;
}

export interface GaugeDefinition extends DefinitionBase {
  readonly type: "gauge";
}

export interface HistogramDefinition extends DefinitionBase {
  readonly type: "histogram";
  /** Absent where the labels' own caps suffice. */
  readonly together?: JointCap;
  /** Upper bounds of the buckets, ascending, without `+Inf`. */
  readonly bounds: readonly number[];
}

/** What a metric is made from: a row of the catalogue, or what an app defines. */
export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

/** What the catalogue says of a metric besides what it is made from. */
interface RowUnit {
  readonly unit: Unit;
}

export interface CounterRow extends CounterDefinition, RowUnit {}

export interface GaugeRow extends GaugeDefinition, RowUnit {}

export interface HistogramRow extends HistogramDefinition, RowUnit {}

export type CatalogueRow = CounterRow | GaugeRow | HistogramRow;

/** A label whose values are all known beforehand. */
export const closed = <const Values extends readonly string[]>(...values: Values) => ({ values, cap: values.length });

/** A label whose values come from outside: the first `cap` are kept, the rest become `other`. */
export const capped = (cap: number): LabelRule => ({ cap });

/** OpenMetrics names a counter's family without the `_total` that its samples have. */
export function familyName({ type, name }: { readonly type: string; readonly name: string }): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}
