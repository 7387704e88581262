import { createHash } from "node:crypto";
import { catalogue } from "../catalogue/index.ts";

/** Raise it when the classes of the instruments change so that a copy of this package from before could not record by them. */
const classes = 2;

/**
 * What two copies of this package must have in common to record by the same instruments: the classes, and all that the catalogue's rows say
 * but for words.
 */
export const instrumentsShape = `${classes}-${fingerprint()}`;

function fingerprint(): string {
  const rows = Object.entries(catalogue).map(([key, row]) => {
    const { type, name, labels, aggregation } = row;
    return [key, type, name, labels, aggregation, "bounds" in row ? row.bounds : []];
  });
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex").slice(0, 8);
}
