import { preferredType } from "./accept.ts";

/** The two text formats that Prometheus reads. */
export type ExpositionFormat = "classic" | "openmetrics";

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  classic: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What a scraper may name, the preferred first where it does not mind: a person with curl gets the classic text. */
const offers = new Map<string, ExpositionFormat>([
  ["text/plain;version=0.0.4", "classic"],
  ["text/plain;version=0.0.4;escaping=allow-utf-8", "classic"],
  ["text/plain", "classic"],
  ["application/openmetrics-text;version=1.0.0", "openmetrics"],
  ["application/openmetrics-text;version=1.0.0;escaping=allow-utf-8", "openmetrics"],
  ["application/openmetrics-text", "openmetrics"],
]);

/** The format that an `Accept` header asks for; the classic one where it asks for neither. */
export function negotiateFormat(accept: string | undefined): ExpositionFormat {
  if (accept === undefined) return "classic";
  return offers.get(preferredType(accept, [...offers.keys()]) ?? "") ?? "classic";
}
