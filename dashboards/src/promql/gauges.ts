import type { Aggregation, GaugeRow } from "@aiwatch/core";
import { type LabelOf, select, type TargetLabel } from "./select.ts";
import { averageBy, maxBy, minBy, sumBy, type Vector } from "./vector.ts";

/** A gauge of each model. */
export type ModelGauge = GaugeRow & { readonly labels: { readonly model: object } };

/** The row says how several processes' series become one; PromQL has to say the same of several instances. */
const operators = { sum: sumBy, max: maxBy, min: minBy, average: averageBy } as const;

function operatorOf({ aggregation, name }: { aggregation: Aggregation; name: string }) {
  if (aggregation === "omit") throw new Error(`${name} has no meaning across processes: show it by instance`);
  return operators[aggregation];
}

/** A gauge's value over the selected instances, put together as its row says. */
export function now<Row extends GaugeRow, const By extends readonly (LabelOf<Row> | TargetLabel)[]>(
  row: Row,
  ...by: By
): Vector<By[number]> {
  return operatorOf(row)(select(row, {}), ...by);
}
