import type { Catalogue } from "../reference.ts";
import type { LabelRule } from "../row.ts";

type Row = Catalogue[keyof Catalogue];

/** `docs/reference/metrics.md`, made from the rows. */
export function referencePage(rows: readonly Row[]): string {
  return [heading, overview(rows), ...rows.map(section)].join("\n\n").concat("\n");
}

const heading = `# Metrics

Every metric, from the catalogue in \`packages/core/src/catalogue\`. This page is made from it: \`npm test -- packages/core/src/catalogue -u\` writes it anew.

Unknown is absent, never 0. Counters whose label values are known beforehand begin at 0: with the process, or with a model's first inference and
a tool's first call. What begins and ends between two scrapes is in the first sample. A label whose values come from outside is capped:
what comes after the cap is \`other\`, and \`genai_app_series_dropped_total\` says so. \`model\` is the \`model\` option, else the GGUF's
\`general.name\`, else the file's base name; never a path.`;

function overview(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) => `| [\`${row.name}\`](#${row.name}) | ${row.type} | ${labelNames(row)} | ${row.help} |`,
  );
  return ["| metric | type | labels | help |", "|---|---|---|---|", ...lines].join("\n");
}

function section(row: Row): string {
  const lines = [
    `## ${row.name}`,
    "",
    row.definition,
    "",
    `- Type and unit: ${row.type}, ${row.unit}`,
    ...Object.entries(row.labels).map(([name, rule]) => `- Label \`${name}\`: ${labelText(rule)}`),
    ...("together" in row
      ? [`- Together: at most ${row.together.cap} combinations, then \`${row.together.label}\` is \`other\``]
      : []),
    ...(row.type === "histogram" ? [`- Bucket bounds: ${row.bounds.join(", ")}`] : []),
    `- Source: ${row.source}`,
    `- Over several processes: ${row.aggregation}`,
  ];
  return lines.join("\n");
}

function labelNames(row: Row): string {
  return Object.keys(row.labels)
    .map((name) => `\`${name}\``)
    .join(", ");
}

function labelText({ values, cap }: LabelRule): string {
  if (values === undefined) return `at most ${cap} values`;
  return values.map((value) => `\`${value}\``).join(", ");
}
