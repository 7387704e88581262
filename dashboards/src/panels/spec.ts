import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource, type Query, targets } from "./query.ts";

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
