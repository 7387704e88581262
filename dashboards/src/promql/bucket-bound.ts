import type { HistogramRow } from "@aiwatch/core";
import type { Matcher, Matching } from "./select.ts";

/** Prometheus stores a whole bound as `2.0` where it scraped OpenMetrics, Prometheus 3 always, and as `2` where it scraped the classic text. */
const inBothSpellings = (bound: number | string): Matching => ({ matching: `${bound}|${bound}[.]0` });

/**
 * The matcher of `le` for one of a row's buckets, in either spelling. Throws for a value that is no bound: a query of such a bucket
 * finds nothing, and an alert by it never fires.
 *
 * @example
 * bucketBound(catalogue.requestFirstToken, 2); // { matching: "2|2[.]0" }
 */
export function bucketBound({ name, bounds }: HistogramRow, bound: number): Matcher {
  if (!bounds.includes(bound))
    throw new Error(`${name} has no bucket that ends at ${bound}: choose one of ${bounds.join(", ")}`);
  return Number.isInteger(bound) ? inBothSpellings(bound) : String(bound);
}

/** The same for a bound that the reader chooses by a variable of the dashboard, whose values are bounds. */
export const chosenBound = (variable: string): Matching => inBothSpellings(`$${variable}`);
