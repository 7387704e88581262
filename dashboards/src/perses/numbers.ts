import { formatOf, thresholds, withColor } from "./format.ts";
import type { SourceDefaults, SourcePanel } from "./source.ts";

const calculation = "last-number";

/** A colour that is always the same is Perses' default colour with no limit beside it. */
const colorsOf = ({ thresholds: limits }: SourceDefaults) =>
  limits === undefined ? {} : { thresholds: thresholds(limits) };

interface SpecialMapping {
  readonly match?: string;
  readonly result?: { readonly text: string; readonly color?: string };
}

/** What is written for a value that is unknown. */
function mappingsOf({ mappings = [] }: SourceDefaults): object[] {
  return mappings.flatMap(({ type, options }) => {
    const { match = "", result } = options as SpecialMapping;
    if (type !== "special" || result === undefined) return [];
    const mapped = { value: result.text, ...withColor("color", result.color ?? "text") };
    const values = [
      ["null", "null"],
      ["nan", "NaN"],
    ].filter(([word = ""]) => match.includes(word));
    return values.map(([, value]) => ({ kind: "Misc", spec: { value, result: mapped } }));
  });
}

/** A tile. */
export function statChart({ fieldConfig: { defaults }, options }: SourcePanel): object {
  const mappings = mappingsOf(defaults);
  return {
    calculation,
    format: formatOf(defaults),
    ...colorsOf(defaults),
    colorMode: options?.colorMode === "none" ? "none" : "value",
    ...(options?.graphMode === "area" && { sparkline: {} }),
    ...(mappings.length > 0 && { mappings }),
  };
}

export const barChart = ({ fieldConfig: { defaults } }: SourcePanel): object => ({
  calculation,
  format: formatOf(defaults),
  sort: "desc",
  mode: "value",
});
