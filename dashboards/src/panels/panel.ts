import type { CatalogueRow } from "@aiwatch/core";
import { catalogue } from "@aiwatch/core/catalogue";
import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import {
  type DashboardLink,
  FieldColorBuilder,
  FieldColorModeId,
  type FieldConfigSource,
  type Panel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { outsideRows } from "../promql/outside-series.ts";
import { built, type DataLink } from "./links.ts";
import { datasource, type Query, targets } from "./queries.ts";
import { colorOverrides } from "./series-colors.ts";

const definitions = new Map<string, string>(
  [...Object.values(catalogue), ...outsideRows].map(({ name, definition }) => [name, definition]),
);

/** What the Model variable leaves as it is: rows without the label. */
function unfiltered(rows: readonly CatalogueRow[]): string[] {
  const without = rows.filter(({ labels }) => !("model" in labels));
  if (without.length === 0) return [];
  if (without.length === rows.length) return ["The Model variable does not filter this panel."];
  return [`The Model variable does not filter ${without.map(({ name }) => `\`${name}\``).join(", ")}.`];
}

/**
 * What the panel says in a sentence, what of it the Model variable does not filter, then its metric with the catalogue's definition: of several
 * the first sentence of each, since nobody reads more in what opens beside a panel.
 */
export function describe(sentence: string, ...rows: readonly CatalogueRow[]): string {
  const defined = rows.map(({ name, type, unit }) => {
    const definition = definitions.get(name) ?? "";
    const [first = ""] = definition.split(/(?<=\.) /, 1);
    return `\`${name}\` (${type}, ${unit}): ${rows.length > 1 ? first : definition}`;
  });
  return [sentence, ...unfiltered(rows), ...defined].join("\n\n");
}

/** The same of a panel whose series begin with their first event. */
export const describeGrowth = (sentence: string, ...rows: readonly CatalogueRow[]): string =>
  `${describe(sentence, ...rows)}\n\nWhat a series begins with counts, too, where its process was scraped without it before, which \`${catalogue.activeRequests.name}\` tells.`;

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
  /** Shares that may be below zero, where an axis otherwise begins: it shows them down to -1. */
  readonly belowZero?: boolean;
  /** Where a click on a value leads. */
  readonly links?: readonly DataLink[];
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
  overrides(overrides: FieldConfigSource["overrides"]): this;
  dataLinks(links: Builder<DashboardLink>[]): this;
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
    .noValue(spec.noValue)
    .overrides(colorOverrides(spec.queries));
  builder.min(spec.belowZero === true ? -1 : 0);
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  if (spec.links !== undefined) builder.dataLinks(spec.links.map(built));
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
