import { type CatalogueRow, catalogue } from "@aiwatch/core";

const targetLabels = ["job", "instance"];

/** The names under which Prometheus has a row, each with the labels that its series carry. */
function seriesOf(row: CatalogueRow): [name: string, labels: readonly string[]][] {
  const labels = [...Object.keys(row.labels), ...targetLabels];
  if (row.type !== "histogram") return [[row.name, labels]];
  return [
    [`${row.name}_bucket`, [...labels, "le"]],
    [`${row.name}_sum`, labels],
    [`${row.name}_count`, labels],
  ];
}

/** Every series that the catalogue's apps expose, by name, with its labels. */
export const knownSeries: ReadonlyMap<string, readonly string[]> = new Map(Object.values(catalogue).flatMap(seriesOf));
