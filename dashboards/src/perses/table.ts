import { surroundingTitles } from "../panels/tables.ts";
import { format, withColor } from "./format.ts";
import type { SourceColumns, SourcePanel, SourceThresholds } from "./source.ts";

type Override = SourcePanel["fieldConfig"]["overrides"][number];

const queryOf = (column: string) => /^Value #([A-Z])$/.exec(column)?.[1];
const numberOf = (letter: string) => letter.charCodeAt(0) - "A".charCodeAt(0) + 1;

/** Perses' name for a column of Grafana's. */
function nameOf(column: string): string {
  const letter = queryOf(column);
  if (letter !== undefined) return `value #${numberOf(letter)}`;
  return { Time: "timestamp", Value: "value" }[column] ?? column;
}

interface Column {
  readonly name: string;
  readonly header: string;
}

/** Labels that series may lack, and their titles: named here, they would be columns without a value. Where there are some, Perses shows them itself. */
const unnamed = new Set(Object.entries(surroundingTitles).flat());

const inOrder = ({ indexByName = {} }: Partial<SourceColumns>) =>
  Object.keys(indexByName)
    .filter((column) => !unnamed.has(column))
    .toSorted((one, other) => (indexByName[one] ?? 0) - (indexByName[other] ?? 0));

/** The columns in reading order. A second transformation adds the labels of one query in the place of its values. */
function columnsOf([first, second]: readonly Partial<SourceColumns>[]): Column[] {
  if (first === undefined) return [];
  const columns = inOrder(first).map((column) => ({
    name: nameOf(column),
    header: first.renameByName?.[column] ?? column,
  }));
  if (second === undefined) return columns;
  const hidden = columns.find(({ header }) => second.excludeByName?.[header] === true);
  const query = hidden?.name.replace("value ", "") ?? "";
  return inOrder(second).map(
    (title) =>
      columns.find(({ header }) => header === title) ?? {
        name: `${title} ${query}`,
        header: second.renameByName?.[title] ?? title,
      },
  );
}

/**
 * A colour from each limit on, the highest first: Perses takes the first condition that holds. Its schema refuses a range that has an end and no
 * start, so that the lowest starts below all numbers.
 */
function cellColors({ steps }: SourceThresholds): object[] {
  const [lowest] = steps;
  const colored = lowest?.color === "text" ? steps.slice(1) : steps;
  return colored.toReversed().map(({ value, color }) => ({
    condition: { kind: "Range", spec: { min: value ?? Number.MIN_SAFE_INTEGER } },
    ...withColor("textColor", color),
  }));
}

const propertyOf = (override: Override | undefined, property: string) =>
  override?.properties.find(({ id }) => id === property)?.value;

function columnSettings({ name, header }: Column, { fieldConfig, options }: SourcePanel): object {
  const override = fieldConfig.overrides.find(
    ({ matcher }) => matcher.id === "byName" && matcher.options === header && matcher.options !== "",
  );
  const unit = propertyOf(override, "unit") as string | undefined;
  const limits = propertyOf(override, "thresholds") as SourceThresholds | undefined;
  const sort = options?.sortBy?.find(({ displayName }) => displayName === header);
  return {
    name,
    header,
    enableSorting: true,
    ...(sort !== undefined && { sort: sort.desc ? "desc" : "asc" }),
    ...(unit !== undefined && { format: format(unit, propertyOf(override, "decimals") as number | undefined) }),
    ...(limits !== undefined && { cellSettings: cellColors(limits) }),
  };
}

/** The labels that every line has, in which the queries' answers are brought together. */
function joined(columns: Partial<SourceColumns> | undefined): object[] {
  const labels = inOrder(columns ?? {}).filter((column) => queryOf(column) === undefined);
  return [
    ...labels.map((column) => ({ kind: "MergeIndexedColumns", spec: { column } })),
    { kind: "JoinByColumnValue", spec: { columns: labels } },
  ];
}

/** The colours of a column's texts. */
function textColors({ fieldConfig: { defaults } }: SourcePanel): object[] {
  return (defaults.mappings ?? []).flatMap(({ type, options }) => {
    if (type !== "value") return [];
    return Object.entries(options as Record<string, { color?: string }>).map(([value, { color = "text" }]) => ({
      condition: { kind: "Value", spec: { value } },
      ...withColor("textColor", color),
    }));
  });
}

/** A line for each value of some labels. */
export function table(panel: SourcePanel): object {
  const { transformations = [], targets } = panel;
  const organized = transformations.filter(({ id }) => id === "organize").map(({ options }) => options);
  const columns = columnsOf(organized);
  const shown = columns.map((column) => columnSettings(column, panel));
  const names = new Set(columns.map(({ name }) => name));
  const excluded = organized.flatMap(({ excludeByName = {} }, index) =>
    index === 0 ? Object.keys(excludeByName).map(nameOf) : [],
  );
  const unused = targets
    .map((_, index) => `value #${index + 1}`)
    .filter((name) => targets.length > 1 && !names.has(name));
  const hidden = [...excluded, ...unused].map((name) => ({ name, hide: true }));
  const cellSettings = textColors(panel);
  return {
    density: "compact",
    columnSettings: [...shown, ...hidden],
    ...(cellSettings.length > 0 && { cellSettings }),
    ...(targets.length > 1 && { transforms: joined(organized[0]) }),
  };
}
