import { catalogue } from "@aiwatch/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { promqlBuilders } from "./builders.ts";
import { buckets, goodput, inRange, mean, now, perSecond, quantile } from "./panel-queries.ts";
import { aboveZero, ratio, sumBy, type Vector } from "./vector.ts";

const { errors, chatTokens, modelLatency, queueTime, contextSize, modelMemory, activeRequests } = catalogue;

describe("queries are built from the catalogue's rows", () => {
  it("scopes every selector, and by model where the row has it", () => {
    expect(perSecond(errors).promql).toBe(
      'rate(genai_app_errors_total{job=~"$job", instance=~"$instance"}[$__rate_interval])',
    );
    expect(inRange(chatTokens, { direction: "input" }).promql).toBe(
      'increase(genai_app_chat_tokens_total{job=~"$job", instance=~"$instance", model=~"$model", direction="input"}[$__range])',
    );
  });

  it("groups by labels that are there, or into one series", () => {
    const grouped = sumBy(perSecond(errors), "type", "operation");
    expectTypeOf(grouped).toEqualTypeOf<Vector<"type" | "operation">>();
    expect(grouped.promql).toMatch(/^sum by \(type, operation\) \(rate\(/);
    expect(sumBy(perSecond(errors)).promql).toMatch(/^sum\(rate\(/);
  });

  it("joins instances as the row says", () => {
    expect(now(contextSize, "model").promql).toMatch(/^max by \(model\) \(/);
    expect(now(modelMemory, "model").promql).toMatch(/^sum by \(model\) \(/);
    expect(() => now({ ...contextSize, aggregation: "omit" })).toThrow(/no meaning across processes/);
  });

  it("keeps NaN out: quantiles of nothing and divisions by zero are absent", () => {
    expect(quantile(0.95, modelLatency, ["model"], { operation: "inference" }).promql).toBe(
      'histogram_quantile(0.95, sum by (le, model) (rate(genai_app_model_latency_seconds_bucket{job=~"$job", instance=~"$instance", model=~"$model", operation="inference"}[$__rate_interval]))) >= 0',
    );
    const vector = { promql: "x", labels: [] };
    expect(ratio(vector, { promql: "y", labels: [] }).promql).toBe("x / (y > 0)");
    expect(aboveZero(vector).promql).toBe("x > 0");
  });
});

describe("a scope and a window of one's own, as an alert rule has them", () => {
  it("limits every selector to constants", () => {
    const alert = promqlBuilders({ scope: { job: "genai-app", model: { matching: "tiny|small" } }, window: "5m" });
    expect(alert.perSecond(errors).promql).toBe('rate(genai_app_errors_total{job="genai-app"}[5m])');
    expect(alert.quantile(0.95, modelLatency, ["model"]).promql).toBe(
      'histogram_quantile(0.95, sum by (le, model) (rate(genai_app_model_latency_seconds_bucket{job="genai-app", model=~"tiny|small"}[5m]))) >= 0',
    );
  });

  it("is every series without a scope", () => {
    const { now: nowAnywhere, increase } = promqlBuilders({ window: "10m" });
    expect(nowAnywhere(contextSize, "model").promql).toBe("max by (model) (genai_app_llamacpp_context_size)");
    expect(increase(errors, "1h", { operation: "http" }).promql).toBe(
      'increase(genai_app_errors_total{operation="http"}[1h])',
    );
  });
});

describe("what is made of several series", () => {
  const scope = 'job=~"$job", instance=~"$instance", model=~"$model"';

  it("a mean divides what was observed by how often", () => {
    expect(mean(queueTime, "model").promql).toBe(
      `sum by (model) (rate(genai_app_queue_seconds_sum{${scope}}[$__rate_interval])) / (sum by (model) (rate(genai_app_queue_seconds_count{${scope}}[$__rate_interval])) > 0)`,
    );
  });

  it("a heatmap has each bucket's growth in the window", () => {
    expect(buckets(queueTime)).toEqual({
      promql: `sum by (le) (increase(genai_app_queue_seconds_bucket{${scope}}[$__rate_interval]))`,
      labels: ["le"],
    });
  });

  it("goodput is the good ones among those that were judged", () => {
    expectTypeOf(goodput("model")).toEqualTypeOf<Vector<"model">>();
    expect(goodput().promql).toBe(
      `sum(rate(genai_app_slo_inferences_total{${scope}, outcome="good"}[$__rate_interval])) / (sum(rate(genai_app_slo_inferences_total{${scope}}[$__rate_interval])) > 0)`,
    );
  });
});

/** Checked by `tsc`: none of this compiles. */
export function doesNotCompile(): void {
  // @ts-expect-error The row has no such label.
  sumBy(perSecond(errors), "model");
  // @ts-expect-error The row has no such label.
  perSecond(errors, { model: "m" });
  // @ts-expect-error The label has no such value.
  perSecond(chatTokens, { direction: "sideways" });
  // @ts-expect-error The row has no such label.
  now(activeRequests, "model");
  // @ts-expect-error A gauge has no rate.
  perSecond(activeRequests);
  // @ts-expect-error A counter has no quantile.
  quantile(0.5, errors, []);
  // @ts-expect-error A gauge has no observations.
  mean(activeRequests);
  // @ts-expect-error The row has no such label.
  mean(queueTime, "tool");
  // @ts-expect-error The sides have different labels.
  ratio(sumBy(perSecond(errors), "type"), sumBy(perSecond(chatTokens), "model"));
  // @ts-expect-error There is no such row.
  perSecond(catalogue.queueLength);
}
