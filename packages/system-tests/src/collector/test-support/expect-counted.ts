import { expect } from "vitest";
import type { Look, Samples } from "../../load/test-support/app-under-load.ts";
import type { Sent } from "../../load/test-support/send-load.ts";

/** What the app counted is what was sent, in each of its metrics, and nothing went wrong in counting. */
export function expectCounted(sum: Samples, { ended, faults }: Look, { ok, failed, aborted }: Sent): void {
  const requests = "genai_app_http_requests_total";
  expect(sum(requests, 'endpoint="/ok/:id",status="200"')).toBe(ok);
  expect(sum(requests, 'endpoint="/fail/:id",status="500"')).toBe(failed);
  expect(sum(requests, 'endpoint="/stream/:id",status="499"')).toBe(aborted);
  expect(sum(requests)).toBe(ok + failed + aborted);
  const durations = "genai_app_http_request_duration_seconds";
  for (const [endpoint, count] of [
    ["/ok/:id", ok],
    ["/fail/:id", failed],
    ["/stream/:id", aborted],
  ] as const) {
    expect(sum(`${durations}_count`, `endpoint="${endpoint}"`)).toBe(count);
    expect(sum(`${durations}_bucket`, `endpoint="${endpoint}",le="+Inf"`)).toBe(count);
  }
  expect(sum("genai_app_errors_total", 'type="internal",operation="http"')).toBe(failed);
  expect(sum("genai_app_errors_total")).toBe(failed);
  expect(ended).toEqual({ completed: ok, failed, aborted });
  expect(sum("genai_app_active_requests")).toBe(0);
  expect(sum("genai_app_telemetry_errors_total")).toBe(0);
  expect(sum("genai_app_series_dropped_total")).toBe(0);
  expect(faults).toEqual([]);
}
