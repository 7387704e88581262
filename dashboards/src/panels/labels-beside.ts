import type { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";

interface LabelsBesideSpec {
  /** The column whose series have the labels; its own values are left out. */
  readonly column: string;
  /** The labels' titles. */
  readonly labels: Readonly<Record<string, string>>;
  /** Every column's title, in reading order. */
  readonly order: readonly string[];
}

/** Shows labels that one of a table's columns has, such as the version of a build, in columns of their own. */
export function labelsBeside(table: TableBuilder, { column, labels, order }: LabelsBesideSpec): TableBuilder {
  const labelOf = new Map(Object.entries(labels).map(([label, title]) => [title, label]));
  return table.withTransformation({
    id: "organize",
    options: {
      excludeByName: { [column]: true },
      indexByName: Object.fromEntries(order.map((title, index) => [labelOf.get(title) ?? title, index])),
      renameByName: labels,
    },
  });
}
