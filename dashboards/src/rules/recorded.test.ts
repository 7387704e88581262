import { describe, expect, expectTypeOf, it } from "vitest";
import type { Vector } from "../promql/vector.ts";
import { recorded, recordedSeries, selectRecorded } from "./recorded.ts";

describe("the recorded series", () => {
  it("have names that boards rely on", () => {
    expect(recordedSeries.map(({ name }) => name)).toEqual([
      "aiwatch:slo_objective:ratio",
      "aiwatch:slo_events:rate5m",
      "aiwatch:slo_bad:rate5m",
      ...["5m", "30m", "1h", "2h", "6h", "1d", "3d"].map((window) => `aiwatch:slo_burn:ratio${window}`),
      ...["events", "bad"].flatMap((of) =>
        ["30m", "1h", "2h", "6h", "1d", "3d"].map((window) => `aiwatch:slo_${of}:count${window}`),
      ),
      "job_model_le:genai_app_request_first_token_seconds_bucket:rate5m",
      "job_model_le:genai_app_first_token_latency_seconds_bucket:rate5m",
      "job_model_le:genai_app_time_per_output_token_seconds_bucket:rate5m",
      "job_model_le:genai_app_inter_token_latency_seconds_bucket:rate5m",
      "job_model_le:genai_app_queue_seconds_bucket:rate5m",
      "job_model_le:genai_app_model_latency_seconds_bucket:rate5m",
      "job_instance_le:genai_app_event_loop_delay_seconds_bucket:rate5m",
      "job_model:genai_app_inferences:rate5m",
      "job_model_finish_reason:genai_app_inferences:rate5m",
      "job_model_direction:genai_app_chat_tokens:rate5m",
      "job_model:genai_app_queued_inferences:sum",
      "job_model:genai_app_active_inferences:sum",
      "job_model:genai_app_llamacpp_kv_cache_usage_ratio:max",
      "job:genai_app_processes:count",
      "job_instance:genai_app_processes:last_shown",
      "job_instance:process_resident_memory_bytes:max5m",
    ]);
  });

  it("are selected within a scope, by the labels that they have", () => {
    const scope = { job: { matching: "$job" }, instance: { matching: "$instance" } };
    const burn = selectRecorded(recorded.sloBurn["1h"], scope, { slo: "tpot" });
    expectTypeOf(burn).toEqualTypeOf<Vector<"slo" | "job" | "model">>();
    expect(burn.promql).toBe('aiwatch:slo_burn:ratio1h{job=~"$job", slo="tpot"}');
    expect(selectRecorded(recorded.sloObjective, scope).promql).toBe("aiwatch:slo_objective:ratio");
  });
});

/** Checked by `tsc`: none of this compiles. */
export function doesNotCompile(): void {
  // @ts-expect-error The series has no such label.
  selectRecorded(recorded.sloBurn["1h"], {}, { instance: "a" });
  // @ts-expect-error There is no such window.
  selectRecorded(recorded.sloBurn["10m"]);
}
