import type { HistogramRow } from "../catalogue/row.ts";
import type { AdmittedValues } from "./label-limiter.ts";
import { CatalogueMetric, type Exemplar, type LabelsOf, type Sample } from "./metric.ts";
import { Series } from "./series.ts";

interface Cell {
  /** Observations of each bucket alone; the last one is over every bound. */
  readonly counts: Float64Array;
  readonly exemplars: (Exemplar | undefined)[];
  sum: number;
}

/** A distribution over the row's bounds, with an exemplar for each bucket. */
export class HistogramMetric<Row extends HistogramRow> extends CatalogueMetric<Row> {
  readonly #series: Series<Cell>;

  constructor(row: Row, dropped?: () => void, admitted?: AdmittedValues) {
    super(row);
    const buckets = row.bounds.length + 1;
    const create = (): Cell => ({ counts: new Float64Array(buckets), exemplars: new Array(buckets), sum: 0 });
    this.#series = new Series(row.labels, create, dropped, admitted);
    if (Object.keys(row.labels).length === 0) this.#series.at({});
  }

  /** Records `value`; what is not a finite number of 0 or more is left out. */
  observe(labels: LabelsOf<Row>, value: number, exemplarLabels?: Readonly<Record<string, string>>): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return;
    const cell = this.#series.at(labels);
    const bucket = this.#bucketOf(value);
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += value;
    if (exemplarLabels !== undefined) {
      cell.exemplars[bucket] = { labelSet: exemplarLabels, value, timestamp: Date.now() / 1000 };
    }
  }

  override reset(): void {
    for (const { cell } of this.#series.entries()) {
      cell.counts.fill(0);
      cell.exemplars.fill(undefined);
      cell.sum = 0;
    }
  }

  #bucketOf(value: number): number {
    const { bounds } = this.row;
    let index = 0;
    while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
    return index;
  }

  protected override samples(): Sample[] {
    const samples: Sample[] = [];
    for (const { labels, cell } of this.#series.entries()) this.#appendSamples(samples, labels, cell);
    return samples;
  }

  #appendSamples(samples: Sample[], labels: Readonly<Record<string, string>>, cell: Cell): void {
    const { bounds, name } = this.row;
    let cumulative = 0;
    for (let index = 0; index <= bounds.length; index += 1) {
      cumulative += cell.counts[index] ?? 0;
      const le = bounds[index] ?? "+Inf";
      const exemplar = cell.exemplars[index];
      samples.push({ metricName: `${name}_bucket`, labels: { ...labels, le }, value: cumulative, exemplar });
    }
    samples.push({ metricName: `${name}_sum`, labels, value: cell.sum });
    samples.push({ metricName: `${name}_count`, labels, value: cumulative });
  }
}
