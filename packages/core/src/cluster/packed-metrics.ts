import type { MetricJson } from "../exposition/registry-metrics.ts";
import type { Exemplar, Sample } from "../instruments/metric.ts";

/**
 * A metric on its way between two processes: a tenth of what its samples would be, since the series of a histogram say their labels once and
 * share their bounds.
 */
export interface PackedMetric extends Omit<MetricJson, "values"> {
  readonly shapes: readonly Shape[];
  readonly series: readonly PackedSeries[];
}

/** The samples of one label set: each one's own name and its `le` or `quantile`. */
type Shape = readonly (readonly [name: string | null, label: string | null, bound: string | number | null])[];

interface PackedSeries {
  readonly labels: Sample["labels"];
  /** Its place in the metric's shapes. */
  readonly shape: number;
  /** JSON has no NaN and no infinities: they travel by their names. */
  readonly values: readonly (number | string)[];
  /** By the sample's place. */
  readonly exemplars?: Readonly<Record<number, Exemplar>>;
}

export function pack({ values = [], ...metric }: MetricJson): PackedMetric {
  const shapes = new Map<string, { readonly place: number; readonly shape: Shape }>();
  const series = runsOf(values).map(({ labels, samples }): PackedSeries => {
    const shape = samples.map(({ metricName = null, labels: { le, quantile } }) =>
      le !== undefined
        ? ([metricName, "le", le] as const)
        : ([metricName, quantile === undefined ? null : "quantile", quantile ?? null] as const),
    );
    const key = JSON.stringify(shape);
    const known = shapes.get(key) ?? { place: shapes.size, shape };
    shapes.set(key, known);
    const exemplars = samples.flatMap(({ exemplar }, place) => (exemplar ? [[place, exemplar] as const] : []));
    return {
      labels,
      shape: known.place,
      values: samples.map(({ value }) => (Number.isFinite(value) ? value : String(value))),
      ...(exemplars.length > 0 && { exemplars: Object.fromEntries(exemplars) }),
    };
  });
  return { ...metric, shapes: Array.from(shapes.values(), ({ shape }) => shape), series };
}

export function unpack({ shapes, series, ...metric }: PackedMetric): MetricJson & { readonly values: Sample[] } {
  const values = series.flatMap(({ labels, shape, values, exemplars }) =>
    (shapes[shape] ?? []).map(([metricName, label, bound], place): Sample => {
      const exemplar = exemplars?.[place];
      return {
        labels: label === null ? labels : { ...labels, [label]: bound ?? "" },
        value: Number(values[place]),
        ...(metricName !== null && { metricName }),
        ...(exemplar && { exemplar }),
      };
    }),
  );
  return { ...metric, values };
}

interface Run {
  /** Without `le` and `quantile`. */
  readonly labels: Sample["labels"];
  readonly samples: Sample[];
}

/** Samples of one label set stand together. */
function runsOf(samples: readonly Sample[]): Run[] {
  const runs: Run[] = [];
  let lastKey: string | undefined;
  for (const sample of samples) {
    const { le: _le, quantile: _quantile, ...labels } = sample.labels ?? {};
    const key = JSON.stringify(labels);
    const last = runs.at(-1);
    if (last !== undefined && key === lastKey) last.samples.push(sample);
    else runs.push({ labels, samples: [sample] });
    lastKey = key;
  }
  return runs;
}

/** Node writes and reads a message in one go: a millisecond for so many. */
const samplesInPiece = 1000;

/** Parts of metrics: one that is large is in several of them. */
export function* piecesOf(metrics: readonly MetricJson[], size = samplesInPiece): Generator<readonly PackedMetric[]> {
  let piece: PackedMetric[] = [];
  let room = size;
  for (const metric of metrics) {
    const values = metric.values ?? [];
    let from = 0;
    do {
      const part = values.slice(from, from + room);
      piece.push(pack({ ...metric, values: part }));
      from += part.length;
      room -= Math.max(part.length, 1);
      if (room > 0) continue;
      yield piece;
      piece = [];
      room = size;
    } while (from < values.length);
  }
  yield piece;
}

/** The metrics of all pieces, each whole again. It may be interrupted after each part. */
export function* joined(parts: readonly PackedMetric[]): Generator<void, readonly MetricJson[], void> {
  const metrics: (MetricJson & { readonly values: Sample[] })[] = [];
  for (const part of parts) {
    const metric = unpack(part);
    const last = metrics.at(-1);
    if (last?.name === metric.name) last.values.push(...metric.values);
    else metrics.push(metric);
    yield;
  }
  return metrics;
}
