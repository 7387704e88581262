import type { DynamicConfigValue, FieldConfigSource } from "@grafana/grafana-foundation-sdk/dashboard";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { type Surrounding, surroundings } from "../promql/select.ts";
import { maxBy, type Vector } from "../promql/vector.ts";
import { chartHeight } from "./charts.ts";
import type { DataLink } from "./links.ts";
import { asked } from "./numbers.ts";
import { dress, type Limits, type PanelSpec, thresholds } from "./panel.ts";
import { refIdOf } from "./queries.ts";
import { countUnit, decimalsOf } from "./units.ts";

type Override = FieldConfigSource["overrides"][number];

const overrideOf = (column: string, properties: DynamicConfigValue[]): Override => ({
  matcher: { id: "byName", options: column },
  properties,
});

const widthOf = (pixels: number): DynamicConfigValue => ({ id: "custom.width", value: pixels });

/** Pixels of a column that has no width of its own. Grafana would make it 150 at least, and put a scroll bar below what then does not fit. */
const leastWidth = 70;

/** The panel's own text is for a table without lines. A single cell says less. */
const emptyCells = (type: "string" | "number"): Override => ({
  matcher: { id: "byType", options: type },
  properties: [{ id: "noValue", value: "–" }],
});

/** The titles of what is around a job. */
export const surroundingTitles: Readonly<Record<Surrounding, string>> = { cluster: "Cluster", namespace: "Namespace" };

/**
 * The titles of labels with those of what is around a job, which follow it: of two jobs of one name nobody could tell which is meant. Grafana shows
 * no column of a label that no series has.
 */
function withSurroundings(titles: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(titles).flatMap((entry) =>
    entry[0] === "job" ? [entry, ...Object.entries(surroundingTitles)] : [entry],
  );
  return Object.fromEntries(entries);
}

interface Columns {
  /** The columns' titles by label, in reading order. A job is followed by its cluster and its namespace, where it has them. */
  readonly columns: Readonly<Record<string, string>>;
  /** Rows of the grid. @default a chart's */
  readonly height?: number;
}

interface LabelTableSpec extends Omit<PanelSpec, "queries">, Columns {
  /** An info metric: its labels are what it says, its value is always 1. */
  readonly info: Vector;
  /** Pixels of a column, by label. @default an equal part of what is left */
  readonly widths?: Readonly<Record<string, number>>;
  /** Colours of texts, by text, in some of the columns. */
  readonly colors?: { readonly of: readonly string[]; readonly texts: Readonly<Record<string, string>> };
  /** The columns by which lines are sorted, from A on: their labels. @default Prometheus's order */
  readonly sortedBy?: readonly string[];
}

function assertLabels(title: string, { promql, labels }: Vector, asked: readonly string[]): void {
  const unknown = asked.filter((label) => !labels.includes(label));
  if (unknown.length > 0) throw new Error(`${title}: ${promql} has no label ${unknown.join(", ")}`);
}

/** The columns' order and titles: the labels first, then the values. */
const organized = (labels: Readonly<Record<string, string>>, values: readonly string[], hidden: readonly string[]) => ({
  id: "organize",
  options: {
    excludeByName: Object.fromEntries(["Time", ...hidden].map((name) => [name, true])),
    indexByName: Object.fromEntries([...Object.keys(labels), ...values].map((name, index) => [name, index])),
    renameByName: labels,
  },
});

const noColors: NonNullable<LabelTableSpec["colors"]> = { of: [], texts: {} };

/** A cell shows a text's colour only where it is told to; a text that has none is as any other. */
const coloredTexts: DynamicConfigValue[] = [
  { id: "custom.cellOptions", value: { type: "color-text" } },
  { id: "color", value: { mode: "fixed", fixedColor: "text" } },
];

/** What the labels of series say, a line for each series. */
export function labelTable(whole: LabelTableSpec): TableBuilder {
  const { info, columns: named, height, widths = {}, colors = noColors, sortedBy = [], ...spec } = whole;
  assertLabels(spec.title, info, Object.keys(named));
  const columns = withSurroundings(named);
  const hidden = info.labels.filter((label) => !(label in columns));
  const queries = [{ vector: nameless(info, Object.keys(columns)), legend: "", format: "table" }] as const;
  const panel = dress(new TableBuilder(), asked({ ...spec, queries }), height ?? chartHeight);
  // beside its labels, each line has when it was asked and the value 1
  panel
    .minWidth(leastWidth)
    .withTransformation(organized(columns, [], ["Value", "__name__", ...hidden]))
    .overrides([
      emptyCells("string"),
      ...Object.entries(widths).map(([label, pixels]) => overrideOf(columns[label] ?? label, [widthOf(pixels)])),
      ...colors.of.map((label) => overrideOf(columns[label] ?? label, coloredTexts)),
    ]);
  if (sortedBy.length > 0)
    panel.sortBy(sortedBy.map((label) => ({ build: () => ({ displayName: columns[label] ?? label, desc: false }) })));
  const texts = Object.entries(colors.texts);
  const options = Object.fromEntries(texts.map(([text, color], index) => [text, { text, color, index }]));
  return texts.length > 0 ? panel.mappings([{ type: "value" as never, options }]) : panel;
}

export interface MetricColumn {
  readonly title: string;
  readonly vector: Vector;
  /** Grafana's id of the unit. */
  readonly unit: string;
  readonly decimals?: number;
  /** Where the number changes its colour. */
  readonly limits?: Limits;
}

interface MetricTableSpec extends Omit<PanelSpec, "queries" | "unit" | "links"> {
  /** The labels that make a line, with the title of their column. A job is followed by its cluster and its namespace, where it has them. */
  readonly by: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricColumn[];
  /** Where a click on the first column leads. */
  readonly links?: readonly DataLink[];
  /** The title of the column by which lines are sorted, the largest first. @default the first label, from A on */
  readonly largest?: string;
  /** Pixels of columns, by their titles: of names that may be long, and of what would be cut. @default an equal part of what is left */
  readonly widths?: Readonly<Record<string, number>>;
  readonly height?: number;
}

/**
 * The same series without the metric's name, which a bare selector keeps: beside another name, Grafana's `merge` finds no line that two
 * queries have in common.
 */
const nameless = (vector: Vector, labels: readonly string[] = vector.labels): Vector =>
  /^[\w:]+\{/.test(vector.promql) ? maxBy(vector, ...labels) : vector;

/** A query that has lost them would make lines of its own, or add up jobs of one name. */
function assertSurroundings(title: string, { promql }: Vector): void {
  if (!promql.includes(surroundings.join(", ")))
    throw new Error(`${title}: ${promql} does not keep ${surroundings.join(" and ")}`);
}

/** What Grafana calls the values of one of several queries. */
const valuesOf = (index: number) => `Value #${refIdOf(index)}`;

/** Of many cells, those have a colour that somebody has to look at: green ones would hide them, and an empty one is not well. */
function quiet({ below, steps }: Limits): Limits {
  const unlessGreen = (color: string) => (color === "green" ? "text" : color);
  return { below: unlessGreen(below), steps: steps.map(({ from, color }) => ({ from, color: unlessGreen(color) })) };
}

function ofColumn({ title, unit, decimals = decimalsOf(unit), limits }: MetricColumn): Override {
  const isCount = unit === "none" && decimals === 0;
  const properties: DynamicConfigValue[] = [{ id: "unit", value: isCount ? countUnit : unit }];
  if (decimals !== undefined) properties.push({ id: "decimals", value: decimals });
  if (limits !== undefined) {
    properties.push({ id: "thresholds", value: thresholds(quiet(limits)).build() });
    properties.push({ id: "color", value: { mode: "thresholds" } });
    properties.push({ id: "custom.cellOptions", value: { type: "color-text" } });
  }
  return overrideOf(title, properties);
}

/** A line for each value of some labels, with a column for each metric. A cell is empty where nothing was measured. */
export function metricTable(spec: MetricTableSpec): TableBuilder {
  const { by, metrics, links = [], largest, widths = {}, height = chartHeight, ...rest } = spec;
  for (const { vector } of metrics) assertLabels(spec.title, vector, Object.keys(by));
  const vectors = metrics.map(({ vector }) => nameless(vector));
  if ("job" in by) for (const vector of vectors) assertSurroundings(spec.title, vector);
  const queries = vectors.map((vector) => ({ vector, legend: "", format: "table" }) as const);
  const titles = {
    ...withSurroundings(by),
    ...Object.fromEntries(metrics.map(({ title }, index) => [valuesOf(index), title])),
  };
  const [first = ""] = Object.values(by);
  const ofFirst: DynamicConfigValue[] = links.length > 0 ? [{ id: "links", value: links }] : [];
  // a column of its own is the name of a single metric's values: there, no two queries are merged
  if (metrics.length < 2) throw new Error(`${spec.title}: a table of one metric is a bar gauge`);
  return dress(new TableBuilder(), asked({ ...rest, unit: "none", queries }), height)
    .minWidth(leastWidth)
    .withTransformation({ id: "merge", options: {} })
    .withTransformation(organized(titles, [], []))
    .overrides([
      emptyCells("number"),
      emptyCells("string"),
      ...(ofFirst.length > 0 ? [overrideOf(first, ofFirst)] : []),
      ...metrics.map(ofColumn),
      ...Object.entries(widths).map(([title, pixels]) => overrideOf(title, [widthOf(pixels)])),
    ])
    .sortBy([{ build: () => ({ displayName: largest ?? first, desc: largest !== undefined }) }]);
}
