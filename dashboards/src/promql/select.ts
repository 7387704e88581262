import type { CatalogueRow } from "@aiwatch/core";
import type { Vector } from "./vector.ts";

export type LabelOf<Row extends CatalogueRow> = Extract<keyof Row["labels"], string>;

/** Labels that a setup may give its series, and rules may keep beside a job: they say which of several jobs of one name is meant. */
export const surroundings = ["cluster", "namespace"] as const;
export type Surrounding = (typeof surroundings)[number];

/** The labels that the scrape adds to every series, or may add. */
export type TargetLabel = "job" | "instance" | Surrounding;

/** What says which process is meant. Two clusters may have processes of one name; where series have no such label, it is none. */
export const ofProcess = [...surroundings, "job", "instance"] as const;

/** A label's known values, or any text where its values come from outside. */
type ValueOf<Row extends CatalogueRow, Label extends LabelOf<Row>> = Row["labels"][Label] extends {
  readonly values: readonly (infer Value extends string)[];
}
  ? Value
  : string;

/** Every value that the regular expression matches. */
export interface Matching {
  readonly matching: string;
}

/** Every value but those that the regular expression matches. */
export interface NotMatching {
  readonly notMatching: string;
}

export type Matcher = string | Matching | NotMatching;

export type Matchers<Row extends CatalogueRow> = {
  readonly [Label in LabelOf<Row>]?: ValueOf<Row, Label> | Matching | NotMatching;
} & Readonly<Partial<Record<TargetLabel, Matcher>>>;

/**
 * What every selector of a set of queries is limited to. A matcher of `model` limits the rows that have that label; `job` and `instance` limit
 * all that have been scraped, `cluster` and `namespace` all that have a job.
 */
export type Scope = Readonly<Partial<Record<TargetLabel | "model", Matcher>>>;

/** The labels that series may have: what has a job may have what is around it. */
export function withSurroundings(labels: readonly string[]): readonly string[] {
  return labels.includes("job") ? [...new Set([...surroundings, ...labels])] : labels;
}

/** The part of a scope that limits series with these labels. */
export function within(scope: Scope, labels: readonly string[]): Readonly<Record<string, Matcher>> {
  const known = withSurroundings(labels);
  return Object.fromEntries(Object.entries(scope).filter(([label]) => known.includes(label)));
}

export interface Selection<Row extends CatalogueRow> {
  readonly scope: Scope;
  /** A matcher of a label that the scope limits as well takes the scope's place. */
  readonly matchers?: Matchers<Row>;
  /** One of a histogram's series. @default "" */
  readonly suffix?: "" | "_bucket" | "_sum" | "_count";
  /** The bucket, by the bound that it ends at. @default every bucket */
  readonly bound?: Matcher;
  /** Makes it a range selector: `5m`, or a variable of Grafana's. @default no range */
  readonly range?: string;
}

export const scraped: readonly TargetLabel[] = ["job", "instance"];

/** The labels that the scrape gave a row's series: a series that rules record may have lost them. */
export function targetLabelsOf(row: CatalogueRow): readonly TargetLabel[] {
  return (row as { readonly targets?: readonly TargetLabel[] }).targets ?? scraped;
}

/** A row's series within a scope. */
export function select<Row extends CatalogueRow>(
  row: Row,
  { scope, matchers, suffix = "", bound, range }: Selection<Row>,
): Vector<LabelOf<Row> | TargetLabel> {
  const labels = Object.keys(row.labels) as LabelOf<Row>[];
  const targets = targetLabelsOf(row);
  const limits = within(scope, [...labels, ...targets]);
  const all: Record<string, Matcher | undefined> = { ...limits, ...matchers, le: bound };
  const window = range === undefined ? "" : `[${range}]`;
  return { promql: `${row.name}${suffix}${inBraces(Object.entries(all))}${window}`, labels: [...labels, ...targets] };
}

/** Matchers as PromQL writes them, and nothing where there are none. */
export function inBraces(matchers: readonly (readonly [label: string, value: Matcher | undefined])[]): string {
  const texts = matchers.flatMap(([label, value]) => (value === undefined ? [] : [matcherText(label, value)]));
  return texts.length === 0 ? "" : `{${texts.join(", ")}}`;
}

function matcherText(label: string, value: Matcher): string {
  if (typeof value === "string") return `${label}="${value}"`;
  return "matching" in value ? `${label}=~"${value.matching}"` : `${label}!~"${value.notMatching}"`;
}

/**
 * Each series once, with its own labels and what is around its job. Two Prometheuses that are replicas record the same, and a store that keeps both has
 * it twice under another label: the larger counts.
 */
export function once<Label extends string>({ promql, labels }: Vector<Label>): Vector<Label> {
  return { promql: `max by (${withSurroundings(labels).join(", ")}) (${promql})`, labels };
}
