import type { CatalogueRow } from "@aiwatch/core";
import type { Vector } from "./vector.ts";

export type LabelOf<Row extends CatalogueRow> = Extract<keyof Row["labels"], string>;

/** The labels that the scrape adds to every series. */
export type TargetLabel = "job" | "instance";

/** A label's known values, or any text where its values come from outside. */
type ValueOf<Row extends CatalogueRow, Label extends LabelOf<Row>> = Row["labels"][Label] extends {
  readonly values: readonly (infer Value extends string)[];
}
  ? Value
  : string;

/** Every value but those that the regular expression matches. */
export interface NotMatching {
  readonly notMatching: string;
}

export type Matchers<Row extends CatalogueRow> = {
  readonly [Label in LabelOf<Row>]?: ValueOf<Row, Label> | NotMatching;
};

function matcher(label: string, value: string | NotMatching): string {
  return typeof value === "string" ? `${label}="${value}"` : `${label}!~"${value.notMatching}"`;
}

/**
 * A row's series within the dashboard's variables: every selector has `job` and `instance`, and `model` where the row has that label.
 * `suffix` picks one of a histogram's series; `range` makes it a range selector.
 */
export function select<Row extends CatalogueRow>(
  row: Row,
  matchers: Matchers<Row>,
  {
    suffix = "",
    range = "",
  }: { suffix?: "" | "_bucket" | "_sum" | "_count"; range?: "" | "$__rate_interval" | "$__range" } = {},
): Vector<LabelOf<Row> | TargetLabel> {
  const labels = Object.keys(row.labels) as LabelOf<Row>[];
  const scope = ["job", "instance", ...(labels as string[]).filter((label) => label === "model")];
  const own = Object.entries<string | NotMatching | undefined>(matchers).flatMap(([label, value]) =>
    value === undefined ? [] : [matcher(label, value)],
  );
  const inBraces = [...scope.map((label) => `${label}=~"$${label}"`), ...own].join(", ");
  const window = range === "" ? "" : `[${range}]`;
  return { promql: `${row.name}${suffix}{${inBraces}}${window}`, labels: [...labels, "job", "instance"] };
}
