import { createHash } from "node:crypto";
import { runDue } from "../base/after-turn.ts";
import { ownVersion } from "../base/process-wide.ts";
import { inTurns } from "../base/time.ts";
import { catalogue } from "../catalogue/index.ts";
import type { Aggregation, MetricDefinition } from "../catalogue/row.ts";

/** Raise it when the classes of the instruments change so that a copy of this package from before could not record by them. */
const classes = 3;

/**
 * What two copies of this package must have in common to record by the same instruments: the classes, and all that the catalogue's rows say
 * but for words.
 */
export const instrumentsShape = `${classes}-${fingerprint()}`;

function fingerprint(): string {
  const rows = Object.entries(catalogue).map(([key, row]) => {
    const { type, name, labels, aggregation } = row;
    const together = "together" in row ? row.together : undefined;
    return [key, type, name, labels, aggregation, "bounds" in row ? row.bounds : [], together];
  });
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 8);
}

/** One line of an exposition, in the shape that prom-client's registry works with. */
export interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
  readonly exemplar?: Exemplar | undefined;
}

/** An example of what fell into a bucket: where to look at it. */
export interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** What prom-client's registry asks of a metric, and all that it asks. */
export interface RegistryMetric {
  /** Written to by the registry: its OpenMetrics output takes `_total` off a counter's name. */
  name: string;
  readonly help: string;
  readonly type: MetricDefinition["type"];
  readonly aggregator: Aggregation;
  /** The name that it was defined with, whatever the registry did to the other one. */
  readonly rowName: string;
  get(): Promise<MetricSnapshot>;
  reset(): void;
}

export interface MetricSnapshot {
  readonly name: string;
  readonly help: string;
  readonly type: MetricDefinition["type"];
  readonly aggregator: Aggregation;
  readonly values: Sample[];
}

/** The copy of this package that a metric is from. */
export interface MetricOrigin {
  readonly version: string;
  /** Copies of one shape share their instruments. */
  readonly shape: string;
}

/** What this copy's metrics say. */
export const ownOrigin: MetricOrigin = { version: ownVersion, shape: instrumentsShape };

/** Marks a metric as ours, and says from which copy it is. */
export const metricBrand = Symbol.for("@aiwatch/core/metric");

/** What the types of metrics share on their way into a registry. */
export abstract class Metric<Row extends MetricDefinition> implements RegistryMetric {
  readonly [metricBrand]: MetricOrigin = ownOrigin;
  name: string;
  readonly rowName: string;
  readonly help: string;
  readonly type: Row["type"];
  readonly aggregator: Aggregation;
  protected readonly row: Row;

  constructor(row: Row) {
    this.row = row;
    this.rowName = row.name;
    this.name = row.name;
    this.help = row.help;
    this.type = row.type;
    this.aggregator = row.aggregation;
  }

  async get(): Promise<MetricSnapshot> {
    runDue();
    const { name, help, type, aggregator } = this;
    return { name, help, type, aggregator, values: await inTurns(this.#read()) };
  }

  reset(): void {
    // what ended before is not to be counted after
    runDue();
    this.clear();
  }

  /** Begins anew; a gauge says what is, and stays. */
  protected abstract clear(): void;
  /** The samples, in pieces that are each of one moment: where there are many, the event loop has its turns between them. */
  protected abstract samples(): Iterable<readonly Sample[]>;

  *#read(): Generator<void, Sample[], void> {
    const read: Sample[] = [];
    for (const piece of this.samples()) {
      for (const sample of piece) read.push(sample);
      yield;
    }
    return read;
  }
}

/** Hands over what the answers under way have so far of a metric: what its series will be given at their ends, if nothing is corrected. */
export type UnderWay<Row extends MetricDefinition, Value> = (
  add: (labels: LabelsOf<Row>, value: Value) => void,
) => void;

/** The label names of a row. */
export type LabelsOf<Row extends MetricDefinition> = { readonly [Name in keyof Row["labels"] & string]: string };
