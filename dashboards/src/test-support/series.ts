import { type CatalogueRow, catalogue, type LabelRule } from "@aiwatch/core";
import { outsideRows } from "../promql/outside-series.ts";
import { type TargetLabel, targetLabelsOf } from "../promql/select.ts";

/** Series of `promtool test rules`: a name and the values of its samples, in promtool's notation. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** Traffic for this many samples, and then twice as many without: tiles look back as long as the traffic lasted. */
export const busySamples = 60;
const idleSamples = 2 * busySamples;

const growing = (step: number) => `0+${step}x${busySamples} ${step * busySamples}x${idleSamples}`;
const constant = (value: number) => `${value}x${busySamples + idleSamples}`;

/** Values that queries look for, of labels that come from outside. */
const sought: Readonly<Record<string, readonly string[]>> = {
  endpoint: ["/api/chat", "/metrics"],
  status: ["200", "499", "503"],
  alertname: ["AIWatchTargetDown", "DiskFull"],
};

/** Two values for a label that comes from outside. */
const valuesOf = (label: string, { values }: LabelRule): readonly string[] =>
  values ?? sought[label] ?? [`${label}-a`, `${label}-b`];

const targets: Readonly<Partial<Record<TargetLabel, string>>> = { job: "genai-app", instance: "app:8080" };

function labelSets(row: CatalogueRow): string[] {
  return Object.entries<LabelRule>(row.labels).reduce(
    (sets, [label, rule]) =>
      sets.flatMap((set) => valuesOf(label, rule).map((value) => `${set}${set && ", "}${label}="${value}"`)),
    [
      targetLabelsOf(row)
        .map((label) => `${label}="${targets[label]}"`)
        .join(", "),
    ],
  );
}

/** A histogram with one observation for each sample, which is its third bound. */
function histogram(name: string, labels: string, bounds: readonly number[]): InputSeries[] {
  const les = [...bounds.map(String), "+Inf"];
  const buckets = les.map((le, index) => ({
    series: `${name}_bucket{${labels}, le="${le}"}`,
    values: index < 2 ? constant(0) : growing(1),
  }));
  const sum = { series: `${name}_sum{${labels}}`, values: growing(bounds[2] ?? 1) };
  return [...buckets, sum, { series: `${name}_count{${labels}}`, values: growing(1) }];
}

/** Scrapes are counted from 0 again half way, as by a process that began anew. */
const counted = (labels: string) =>
  labels.includes('endpoint="/metrics"') ? `0+2x29 0+2x30 60x${idleSamples}` : growing(2);

function seriesOf(row: CatalogueRow): InputSeries[] {
  return labelSets(row).flatMap((labels) => {
    if (row.type === "histogram") return histogram(row.name, labels, row.bounds);
    return [{ series: `${row.name}{${labels}}`, values: row.type === "counter" ? counted(labels) : constant(4) }];
  });
}

/** What an app makes itself: its labels are unknown to us. */
const ownSeries = (): InputSeries[] => [
  { series: 'chat_uploads_total{job="genai-app", instance="app:8080", kind="pdf"}', values: growing(1) },
  { series: 'chat_uploads_waiting{job="genai-app", instance="app:8080"}', values: constant(2) },
  ...histogram("chat_search_seconds", 'job="genai-app", instance="app:8080"', [0.01, 0.1, 1, 10]),
];

/** Made by the rules, from the others. */
const isRecorded = ({ name }: CatalogueRow) => name.includes(":");

/** Every series of the catalogue and from outside of it, for an app that is busy for a while and then idle. */
export const catalogueSeries = (): InputSeries[] => [
  ...[...Object.values<CatalogueRow>(catalogue), ...outsideRows.filter((row) => !isRecorded(row))].flatMap(seriesOf),
  ...ownSeries(),
];
