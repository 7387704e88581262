import { type CounterRow, catalogue, type HistogramRow } from "@aiwatch/core";
import { type LabelOf, ofProcess, type Selection, select, type TargetLabel } from "./select.ts";
import type { Vector } from "./vector.ts";

/** What grows: a counter, or one of a histogram's series. */
export interface GrowthOptions<Row extends CounterRow | HistogramRow>
  extends Pick<Selection<Row>, "scope" | "matchers" | "suffix" | "bound"> {
  /** How far back it looks: `5m`, or a variable of Grafana's. */
  readonly window: string;
  /** Ends where the visible time does, whichever step is asked about. @default false */
  readonly atEnd?: boolean;
  /** What says of which process a series is. @default with what is around its job */
  readonly process?: readonly TargetLabel[];
}

/** Every process has this gauge from its start, traffic or not: its samples are the scrapes of the process. */
const scrapes = catalogue.activeRequests;

/**
 * A counter's growth within a window, with what its series began with. `increase()` sees no first event of a series that begins with it: a
 * route's first 503, an error of a class of its own, the first answer of a model. A series counts with its whole value where it began within the window on a
 * process that was scraped without it before, and did not begin anew since. What a process or a Prometheus shows at its first scrape is of an unknown time,
 * and is left to `increase()`.
 *
 * @example
 * sumBy(growth(catalogue.httpRequests, { scope: {}, window: "5m" }), "status");
 */
export function growth<Row extends CounterRow | HistogramRow>(
  row: Row,
  { window, atEnd = false, process = ofProcess, ...selection }: GrowthOptions<Row>,
): Vector<LabelOf<Row> | TargetLabel> {
  const end = atEnd ? " @ end()" : "";
  const { promql: series, labels } = select(row, selection);
  const { promql: scraped } = select(scrapes, { scope: selection.scope });
  const over = (name: string, of: string) => `${name}(${of}[${window}]${end})`;
  const before = (of: string) => `${of} offset ${window}${end}`;
  const owner = process.join(", ");
  // one more where it was scraped at the window's begin: what is in each sample of the window began within it, too
  const seen = `${over("count_over_time", scraped)} + (${before(scraped)} >= bool 0) or ${over("count_over_time", scraped)}`;
  // what was not there before are few: the process's scrapes are looked up for these alone
  const few = `(${over("count_over_time", series)} unless ${before(series)})`;
  const newborn = [
    over("last_over_time", series),
    `and (${few} < on (${owner}) group_left () max by (${owner}) (${seen}))`,
    `unless ${over("resets", series)} > 0`,
  ].join(" ");
  return { promql: `(${newborn} or ${over("increase", series)})`, labels };
}

/** Seconds between the samples by which a window is measured: the shortest of Grafana's and Perses' has several. */
const step = "5s";

/** A window's seconds as a number, which PromQL has no word for: time itself grows by so much. */
export const secondsOf = (window: string): string => `scalar(increase(vector(time())[${window}:${step}]))`;
