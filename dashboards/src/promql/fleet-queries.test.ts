import { catalogue } from "@aiwatch/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { recorded } from "../rules/recorded.ts";
import { outside } from "./outside-series.ts";
import {
  distribution,
  inEach,
  type OfProcesses,
  processCount,
  reached,
  restarts,
  unevenness,
  unreachable,
} from "./over-processes.ts";
import { quantileDistribution, recordedQuantile, topQuantile } from "./recorded-queries.ts";
import { besideModels, budgetOf, burnOf, goalOfEach } from "./slo-queries.ts";
import { ofTop, overall, overallRate } from "./top.ts";
import type { Vector } from "./vector.ts";

const { activeInferences, httpRequests, kvCacheUsage } = catalogue;
const around = 'cluster=~"$cluster", namespace=~"$namespace"';
const inJobs = `${around}, job=~"$job"`;
const scope = `${inJobs}, instance=~"$instance"`;

describe("the few of many", () => {
  it("are chosen once, over the whole visible time", () => {
    const lines: OfProcesses = { promql: "a", labels: ["job", "instance"] };
    const top = ofTop(10, lines, overall(activeInferences, "avg_over_time", "job", "instance"));
    expectTypeOf(top).toEqualTypeOf<OfProcesses>();
    expect(top.promql).toBe(
      `a and on (job, instance) topk(10, sum by (job, instance) (avg_over_time(genai_app_active_inferences{${scope}, model=~"$model"}[$__range] @ end())))`,
    );
    expect(overall(kvCacheUsage, "max_over_time", "instance").promql).toMatch(/^max by \(instance\) \(max_over_time/);
    expect(overallRate(httpRequests, { endpoint: "/chat" }).promql).toBe(
      `rate(genai_app_http_requests_total{${scope}, endpoint="/chat"}[$__range] @ end())`,
    );
  });

  it("have quantiles that are reckoned for them alone", () => {
    const process = "cluster, namespace, job, instance";
    const buckets = `job_instance_le:genai_app_event_loop_delay_seconds_bucket:rate5m{${scope}}`;
    expect(topQuantile(10, 0.99, recorded.eventLoopDelayBuckets).promql).toBe(
      `histogram_quantile(0.99, max by (${process}, le) (${buckets}) and on (${process}) topk(10, histogram_quantile(0.99, max by (${process}, le) (avg_over_time(${buckets}[$__range] @ end()))) >= 0)) >= 0`,
    );
  });
});

describe("all of many", () => {
  it("are counted up to bounds, 0 where there is none: a bucket that is absent would shift the others", () => {
    expect(distribution({ promql: "a", labels: [] }, [1]).promql).toBe(
      'label_replace(sum((a) <= bool 1), "le", "1", "", "") or label_replace(sum((a) <= bool +Inf), "le", "+Inf", "", "")',
    );
    expect(quantileDistribution(0.99, recorded.eventLoopDelayBuckets).promql).toMatch(
      /^sum by \(le\) \(max by .+ \(job_instance_le:.+ >= bool ignoring \(le\) group_left \(\) \(0\.99 \* \(max by .+le="\+Inf"\}\) > 0\)\)\)$/,
    );
  });

  it("are AIWatch's processes alone, where other programs have the metric too", () => {
    expect(inEach(activeInferences).promql).toMatch(
      /^sum by \(cluster, namespace, job, instance\) \(genai_app_active_inferences/,
    );
    expect(inEach(outside.processMemory).promql).toBe(
      `process_resident_memory_bytes{${scope}} and on (job, instance) genai_app_active_requests{${scope}}`,
    );
  });

  it("and none of another program that shares their job, or that Prometheus knows nothing of", () => {
    // rules may keep no namespace, and know of the target all the same
    const orNone = (text: string) => text.replace("$cluster", "$cluster|").replace("$namespace", "$namespace|");
    const last = "job_instance:genai_app_processes:last_shown";
    const up = `max by (cluster, namespace, job, instance) (up{${scope}})`;
    const ours = (range: string) =>
      `unless on (job, instance) ${last}{${orNone(scope)}} == 0 and on (job) group by (job) (${last}{${orNone(inJobs)}} > 0 or present_over_time(genai_app_active_requests{${inJobs}}[${range}]))`;
    expect(reached().promql).toBe(`${up} ${ours("1h")}`);
    expect(unreachable().promql).toBe(`count(${up} == 0 ${ours("1d")}) or 0 * count(${up} ${ours("1d")})`);
  });

  it("are counted by the rules where a store has none of their own series", () => {
    expect(processCount().promql).toBe(
      `count(genai_app_active_requests{${scope}}) or sum(max by (cluster, namespace, job) (job:genai_app_processes:count{${inJobs}})) unless count(present_over_time(genai_app_active_requests{${inJobs}}[5m]))`,
    );
  });

  it("compare the busiest with the mean, and say nothing where nobody is busy", () => {
    expect(unevenness({ promql: "a", labels: ["job", "instance"] }).promql).toBe("max(a) / (avg(a) > 0)");
    expect(restarts(httpRequests, "5m").promql).toBe(
      `max by (cluster, namespace, job, instance) (resets(genai_app_http_requests_total{${scope}}[5m]))`,
    );
  });
});

describe("what the rules recorded", () => {
  it("has quantiles by the labels that are left, and no NaN", () => {
    const quantile = recordedQuantile(0.95, recorded.firstTokenBuckets, "model");
    expectTypeOf(quantile).toEqualTypeOf<Vector<"model">>();
    expect(quantile.promql).toBe(
      'histogram_quantile(0.95, sum by (le, model) (max by (cluster, namespace, job, model, le) (job_model_le:genai_app_first_token_latency_seconds_bucket:rate5m{cluster=~"$cluster", namespace=~"$namespace", job=~"$job", model=~"$model"}))) >= 0',
    );
  });

  it("keeps the objective of HTTP, which has no model, whichever models are chosen", () => {
    expect(burnOf("1h", "http_errors").promql).toBe(
      `max by (${around.replaceAll(/=~"[^"]+"/g, "")}, slo, job, model) (aiwatch:slo_burn:ratio1h{${inJobs}, model=~"$model|", slo="http_errors"})`,
    );
  });

  it("leaves of a budget what its bad events did not spend", () => {
    const events = `${inJobs}, model=~"$model|", slo="tpot"`;
    const each = "max by (cluster, namespace, slo, job, model)";
    const all = "sum by (cluster, namespace, slo, job)";
    expect(budgetOf("30d", "tpot").promql).toBe(
      `1 - ${all} (${each} (sum_over_time(aiwatch:slo_bad:rate5m{${events}}[30d]))) * 30 / clamp_min((${all} (${each} (sum_over_time(aiwatch:slo_events:rate5m{${events}}[30d]))) * 30 > 0) * on (slo) group_left () (1 - max by (slo) (aiwatch:slo_objective:ratio{slo=~".+"})), 20)`,
    );
    expect(besideModels(budgetOf("30d")).promql).toMatch(
      /^0 \* \(max by .+ or sum by .+\) \+ on \(cluster, namespace, slo, job\) group_left \(\) \(1 - sum by/,
    );
    expect(goalOfEach().promql).toMatch(/^0 \* \(max by .+\) \+ on \(slo\) group_left \(\) max by \(slo\)/);
  });
});

/** Checked by `tsc`: none of this compiles. */
export function doesNotCompile(): void {
  // @ts-expect-error A recorded bucket has no instance.
  recordedQuantile(0.5, recorded.firstTokenBuckets, "instance");
  // @ts-expect-error The rank has labels that the lines lack.
  ofTop(10, { promql: "a", labels: ["job"] }, { promql: "b", labels: ["job", "queue"] });
  // @ts-expect-error There is no such objective.
  burnOf("1h", "latency");
}
