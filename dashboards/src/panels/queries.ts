import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import type { Vector } from "../promql/vector.ts";

export interface Query {
  readonly vector: Vector;
  /** How a series is called, with `{{label}}` for its labels' values. */
  readonly legend: string;
  /**
   * Lines beside those of another query that have the same names: dashed, and named once in the legend. A series' colour goes by its name, so that
   * both have one.
   */
  readonly dashed?: boolean;
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

/** The reference id of a panel's query. */
export const refIdOf = (index: number): string => String.fromCharCode("A".charCodeAt(0) + index);

/** The panel's targets, with the reference ids A, B, C… */
export function targets(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map((query, index) => {
    assertLegend(query);
    const target = new DataqueryBuilder()
      .refId(refIdOf(index))
      .datasource(datasource)
      .expr(query.vector.promql)
      .legendFormat(query.legend);
    if (query.exemplar === true) target.exemplar(true);
    const format = formats[query.format ?? "lines"];
    if (format !== undefined) target.format(format);
    return query.instant === true ? target.instant() : target.range();
  });
}
