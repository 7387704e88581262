import type { RequestRecord } from "../request/record.ts";
import { exemplarLabels } from "./exemplar-labels.ts";
import type { Instruments } from "./instruments.ts";

/** Puts one ended HTTP request into the instruments. */
export function recordRequest(instruments: Instruments, record: RequestRecord): void {
  const { route: endpoint, status, durationMs, failure } = record;
  const method = methodLabel(record.method);
  const exemplar = exemplarLabels(record);
  instruments.httpRequests.add({ method, endpoint, status: String(status) });
  instruments.httpRequestDuration.observe({ method, endpoint }, durationMs / 1000, exemplar);
  if (failure !== undefined) instruments.errors.add({ type: failure.type, operation: "http" });
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Node accepts some thirty methods; those that no app serves share one value. */
function methodLabel(method: string): string {
  return methods.has(method) ? method : "other";
}
