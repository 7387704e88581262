import type { CatalogueRow } from "@aiwatch/core";
import { catalogue } from "@aiwatch/core/catalogue";

const definitions = new Map(Object.values(catalogue).map(({ name, definition }) => [name as string, definition]));

/** What the panel says in a sentence, then each metric in it with the catalogue's definition. */
export function describe(sentence: string, ...rows: readonly CatalogueRow[]): string {
  const defined = rows.map((row) => `\`${row.name}\` (${row.type}, ${row.unit}): ${definitions.get(row.name)}`);
  return [sentence, ...defined].join("\n\n");
}
