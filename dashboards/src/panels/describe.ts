import type { CatalogueRow } from "@aiwatch/core";

/** What the panel says in a sentence, then each metric in it with the catalogue's definition. */
export function describe(sentence: string, ...rows: readonly CatalogueRow[]): string {
  const definitions = rows.map((row) => `\`${row.name}\` (${row.type}, ${row.unit}): ${row.definition}`);
  return [sentence, ...definitions].join("\n\n");
}
