import { describe, expect, it } from "vitest";
import { unknownNames, unknownNamesInVariable } from "./unknown-names.ts";

describe("names that the catalogue does not have", () => {
  it.each([
    ["down", ["down"]],
    ['up{model="m"}', ["model"]],
    ['aiwatch:slo_burn:ratio1h{instance="i"}', ["instance"]],
    ["aiwatch:slo_burn:ratio10m", ["aiwatch:slo_burn:ratio10m"]],
    ['job:genai_app_processes:count{model="m"}', ["model"]],
    ["genai_app_error_total", ["genai_app_error_total"]],
    ["rate(genai_app_request_total[$__rate_interval])", ["genai_app_request_total"]],
    ['sum(genai_app_active_requests{modell=~"$model"})', ["modell"]],
    ["sum by (model) (genai_app_active_requests)", ["model"]],
    ["genai_app_model_latency_seconds", ["genai_app_model_latency_seconds"]],
    ["sum by (le) (rate(genai_app_errors_total[5m]))", ["le"]],
    ["genai_app_active_requests and on (pod) genai_app_active_requests", ["pod"]],
  ])("%s", (promql, unknown) => {
    expect(unknownNames(promql)).toEqual(unknown);
  });

  it.each([
    'sum by (le, model) (rate(genai_app_model_latency_seconds_bucket{operation="inference", job=~"$job"}[$__rate_interval]))',
    'sum(rate(genai_app_errors_total{operation="http"}[5m])) / (sum(rate(genai_app_http_requests_total{endpoint!~"/a(b)?|{x}"}[5m])) > 0)',
    "genai_app_active_requests > bool 0 or vector(0)",
    'count(up{job=~"$job"} == 0) or aiwatch:slo_burn:ratio1h{slo="tpot"}',
    'count(up{job=~"$job"} == 0) or vector(0)',
    'max by (slo, model) (aiwatch:slo_burn:ratio1h{job=~"$job"}) > 14.4',
    "process_resident_memory_bytes > 1.5 * (process_resident_memory_bytes offset 6h)",
  ])("none in %s", (promql) => {
    expect(unknownNames(promql)).toEqual([]);
  });

  it("reads a variable's query too", () => {
    expect(unknownNamesInVariable('label_values(genai_app_active_requests{job=~"$job"}, instance)')).toEqual([]);
    expect(unknownNamesInVariable("label_values(genai_app_active_requests, model)")).toEqual(["model"]);
    expect(unknownNamesInVariable("label_values(down, job)")).toEqual(["down", "job"]);
    expect(unknownNamesInVariable("metrics(.*)")).toEqual(["metrics(.*)"]);
  });
});
