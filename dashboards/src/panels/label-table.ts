import { PanelBuilder } from "@grafana/grafana-foundation-sdk/table";
import type { Vector } from "../promql/vector.ts";
import { dress, type PanelSpec } from "./spec.ts";
import { asked } from "./tile.ts";

interface LabelTableSpec extends Omit<PanelSpec, "queries"> {
  /** An info metric: its labels are what it says, its value is always 1. */
  readonly info: Vector;
  /** The columns' titles by label, in reading order. */
  readonly columns: Readonly<Record<string, string>>;
  /** Rows of the grid. */
  readonly height: number;
}

/** What the labels of series say, a line for each series. */
export function labelTable({ info, columns, height, ...spec }: LabelTableSpec): PanelBuilder {
  const labels = Object.keys(columns);
  const unknown = labels.filter((label) => !info.labels.includes(label));
  if (unknown.length > 0) throw new Error(`${spec.title}: ${info.promql} has no label ${unknown.join(", ")}`);
  const queries = [{ vector: info, legend: "", format: "table" }] as const;
  return dress(new PanelBuilder(), asked({ ...spec, queries }), height).withTransformation({
    id: "organize",
    options: {
      // beside its labels, each line has when it was asked and the value 1
      excludeByName: { Time: true, Value: true },
      indexByName: Object.fromEntries(labels.map((label, index) => [label, index])),
      renameByName: columns,
    },
  });
}
