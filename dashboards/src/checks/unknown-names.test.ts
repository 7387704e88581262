import { describe, expect, it } from "vitest";
import { unknownNames, unknownNamesInVariable } from "./unknown-names.ts";

describe("names that the catalogue does not have", () => {
  it.each([
    ["down", ["down"]],
    ["aiwatch:slo_burn:ratio10m", ["aiwatch:slo_burn:ratio10m"]],
    ['job:genai_app_processes:count{model="m"}', ["model"]],
    ['up{model="m"}', ["model"]],
    ['aiwatch:slo_burn:ratio1h{instance="i"}', ["instance"]],
    ["genai_app_error_total", ["genai_app_error_total"]],
    ["rate(genai_app_request_total[$__rate_interval])", ["genai_app_request_total"]],
    ['sum(genai_app_active_requests{modell=~"$model"})', ["modell"]],
    ["sum by (model) (genai_app_active_requests)", ["model"]],
    ["genai_app_model_latency_seconds", ["genai_app_model_latency_seconds"]],
    ["sum by (le) (rate(genai_app_errors_total[5m]))", ["le"]],
    ['sum by (kind) ({__name__="$app_gauge", pod="p"})', ["pod", "kind"]],
    ['sum({job=~"$job"})', ["job"]],
    ["genai_app_active_requests and on (pod) genai_app_active_requests", ["pod"]],
  ])("%s", (promql, unknown) => {
    expect(unknownNames(promql)).toEqual(unknown);
  });

  it.each([
    'sum by (le, model) (rate(genai_app_model_latency_seconds_bucket{operation="inference", job=~"$job"}[$__rate_interval]))',
    'sum(rate(genai_app_errors_total{operation="http"}[5m])) / (sum(rate(genai_app_http_requests_total{endpoint!~"/a(b)?|{x}"}[5m])) > 0)',
    "genai_app_active_requests > bool 0 or vector(0)",
    'count(up{job=~"$job"} == 0) or vector(0)',
    'max(up) * on () group_left (days) count_values("days", sum(up))',
    'max by (slo, model) (aiwatch:slo_burn:ratio1h{job=~"$job"}) > 14.4',
    "process_resident_memory_bytes > 1.5 * (process_resident_memory_bytes offset 6h)",
    'count(up{job=~"$job"} == 0) or aiwatch:slo_burn:ratio1h{slo="tpot"}',
    'topk(10, sum without (job, instance) (rate({__name__="$app_counter", job=~"$job"}[$__rate_interval])))',
    'histogram_quantile(0.5, sum by (le) (rate({__name__="$app_histogram"}[5m])))',
  ])("none in %s", (promql) => {
    expect(unknownNames(promql)).toEqual([]);
  });

  it("reads a variable's query too", () => {
    expect(unknownNamesInVariable('label_values(genai_app_active_requests{job=~"$job"}, instance)')).toEqual([]);
    const ofEither = (names: string) =>
      unknownNamesInVariable(`label_values({__name__=~"${names}", instance=~"$instance|"}, model)`);
    expect(ofEither("genai_app_chat_tokens_total|job_model:genai_app_inferences:rate5m")).toEqual([]);
    expect(ofEither("genai_app_chat_tokens_total|job_model:gone")).toEqual(["job_model:gone"]);
    expect(ofEither("job:genai_app_processes:count")).toEqual(["model"]);
    expect(unknownNamesInVariable("label_values(genai_app_active_requests, model)")).toEqual(["model"]);
    expect(unknownNamesInVariable("label_values(down, job)")).toEqual(["down", "job"]);
    expect(unknownNamesInVariable('label_values({__name__=~".+_total", job=~"$job"}, __name__)')).toEqual([]);
    expect(unknownNamesInVariable("metrics(.*)")).toEqual(["metrics(.*)"]);
  });
});
