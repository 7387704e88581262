import { hexColor } from "./colors.ts";
import type { SourceDefaults, SourceThresholds } from "./source.ts";

/** Perses' units by Grafana's. It has no text of one's own behind a number: such a number stands alone. */
const units: Readonly<Record<string, string>> = {
  s: "seconds",
  dtdurations: "seconds",
  percentunit: "percent-decimal",
  bytes: "bytes",
  reqps: "requests/sec",
  "suffix:/s": "events/sec",
};

/** How a number is written. */
export function format(unit = "none", decimals?: number): object {
  return { unit: units[unit] ?? "decimal", ...(decimals !== undefined && { decimalPlaces: decimals }) };
}

export const formatOf = ({ unit, decimals }: SourceDefaults): object => format(unit, decimals);

/** The first step's colour is Perses' default. A colour of the text is left out. */
export function thresholds({ steps: [first, ...others] }: SourceThresholds): object {
  const defaultColor = hexColor(first?.color ?? "text");
  return {
    mode: "absolute",
    ...(defaultColor !== undefined && { defaultColor }),
    steps: others.map(({ value, color }) => ({ value: value ?? 0, ...withColor("color", color) })),
  };
}

/** `{ [key]: "#…" }`, or nothing for the text's own colour. */
export function withColor(key: string, name: string): object {
  const color = hexColor(name);
  return color === undefined ? {} : { [key]: color };
}
