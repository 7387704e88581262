import type { CatalogueRow } from "@aiwatch/core";
import type { RecordedSeries } from "../rules/recorded.ts";
import { describe } from "./panel.ts";

/** What is written where a recorded series has no value. */
export const notRecorded = "Rules not loaded, or no traffic";
/** The same in a tile, which has no room for more: what is recorded of events is absent without them. */
export const nothingRecorded = "No rules or idle";
/** Where a tile reads what the rules record whether there is traffic or not. */
export const noRules = "No rules";

/** What a panel says in a sentence, each metric in it, and each series that it reads in place of thousands. */
export function describeRecorded(
  sentence: string,
  series: readonly RecordedSeries[],
  ...rows: readonly CatalogueRow[]
): string {
  const recorded = series.map(({ name, meaning }) => `\`${name}\`, recorded by AIWatch's rules: ${meaning}.`);
  return [describe(sentence, ...rows), ...recorded].join("\n\n");
}
