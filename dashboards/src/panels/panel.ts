import type { CatalogueRow } from "@aiwatch/core";
import { catalogue } from "@aiwatch/core/catalogue";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Vector } from "../promql/vector.ts";

const definitions = new Map(Object.values(catalogue).map(({ name, definition }) => [name as string, definition]));

/** What the panel says in a sentence, then each metric in it with the catalogue's definition. */
export function describe(sentence: string, ...rows: readonly CatalogueRow[]): string {
  const defined = rows.map((row) => `\`${row.name}\` (${row.type}, ${row.unit}): ${definitions.get(row.name)}`);
  return [sentence, ...defined].join("\n\n");
}

export interface Query {
  readonly vector: Vector;
  /** How a series is called, with `{{label}}` for its labels' values. */
  readonly legend: string;
  /** Ask for the value of now alone. A range's last value may be an hour old; this one is true or absent. */
  readonly instant?: boolean;
  /** Show the exemplars, which lead to traces. */
  readonly exemplar?: boolean;
  /** What Grafana makes of the answer: a line for each series, a table of their labels, or buckets over time. @default "lines" */
  readonly format?: "lines" | "table" | "buckets";
}

export const datasource = { type: "prometheus", uid: `\${datasource}` } as const;

function assertLegend({ vector, legend }: Query): void {
  for (const [, label = ""] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
    if (!vector.labels.includes(label)) throw new Error(`legend "${legend}": ${vector.promql} has no label ${label}`);
  }
}

const formats = {
  lines: undefined,
  table: PromQueryFormat.Table,
  buckets: PromQueryFormat.Heatmap,
} as const;

/** The panel's targets, with the reference ids A, B, C… */
export function targets(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, index) => {
    assertLegend(query);
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode("A".charCodeAt(0) + index))
      .datasource(datasource)
      .expr(query.vector.promql)
      .legendFormat(query.legend);
    if (query.exemplar === true) target.exemplar(true);
    const format = formats[query.format ?? "lines"];
    if (format !== undefined) target.format(format);
    return query.instant === true ? target.instant() : target.range();
  });
}

/** What every panel says, whatever draws it. */
export interface PanelSpec {
  readonly title: string;
  readonly description: string;
  /** Grafana's id of the unit. */
  readonly unit: string;
  readonly queries: readonly Query[];
  /** Columns of the 24. */
  readonly width: number;
  /** What is written where the queries have no value: why there is none. */
  readonly noValue: string;
  readonly decimals?: number;
}

export type PanelBuilder = Builder<Panel>;

/** What the SDK's panel builders, which have no common base, have in common. */
interface AnyPanelBuilder {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: typeof datasource): this;
  targets(targets: Builder<Dataquery>[]): this;
  span(width: number): this;
  height(height: number): this;
  interval(interval: string): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  noValue(text: string): this;
  overrides(overrides: []): this;
}

/**
 * The shortest step. With it a rate's window, `$__rate_interval`, is never under half a minute, in which a model on a desk may answer once;
 * the data source's own scrape interval still widens it where that is longer.
 */
const shortestStep = "30s";

export function dress<Builder extends AnyPanelBuilder>(builder: Builder, spec: PanelSpec, height: number): Builder {
  builder
    .title(spec.title)
    .description(spec.description)
    .datasource(datasource)
    .targets(targets(spec.queries))
    .span(spec.width)
    .height(height)
    .unit(spec.unit)
    .min(0)
    .noValue(spec.noValue)
    .overrides([]);
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  if (spec.queries.some(({ vector }) => vector.promql.includes("$__rate_interval"))) builder.interval(shortestStep);
  return builder;
}

interface Colorable {
  colorScheme(color: FieldColorBuilder): this;
  thresholds(thresholds: ThresholdsConfigBuilder): this;
}

/** Values at which a number changes its meaning, ascending, with the colour from there on, and the colour below the first. */
export interface Limits {
  readonly below: string;
  readonly steps: readonly { readonly from: number; readonly color: string }[];
}

export function thresholds({ below, steps }: Limits): ThresholdsConfigBuilder {
  const all: Threshold[] = [{ value: null, color: below }, ...steps.map(({ from, color }) => ({ value: from, color }))];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(all);
}

/** Colours by limits where there are some. Without, a number has no good or bad: one neutral colour, not Grafana's red from 80 on. */
export function color<Builder extends Colorable>(builder: Builder, neutral: string, limits?: Limits): Builder {
  const scheme = new FieldColorBuilder();
  if (limits !== undefined)
    return builder.colorScheme(scheme.mode(FieldColorModeId.Thresholds)).thresholds(thresholds(limits));
  const plain = thresholds({ below: neutral, steps: [] });
  return builder.colorScheme(scheme.mode(FieldColorModeId.Fixed).fixedColor(neutral)).thresholds(plain);
}
