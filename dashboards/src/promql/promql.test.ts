import { catalogue } from "@aiwatch/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { bucketBound, chosenBound } from "./bucket-bound.ts";
import { promqlBuilders } from "./builders.ts";
import { growth } from "./newborn-series.ts";
import { burns, outside } from "./outside-series.ts";
import {
  buckets,
  chosen,
  failedShare,
  goodput,
  grown,
  inRange,
  mean,
  now,
  perSecond,
  perSecondInStep,
  perSecondOfRecent,
  quantile,
  recent,
  visible,
} from "./panel-queries.ts";
import { select } from "./select.ts";
import { overallGrowth } from "./top.ts";
import { aboveZero, atLeast, atMost, difference, judged, largest, ratio, sumBy, type Vector } from "./vector.ts";

const { errors, chatTokens, modelLatency, queueTime, contextSize, modelMemory, activeRequests } = catalogue;

describe("queries are built from the catalogue's rows", () => {
  it("scopes every selector, and by model where the row has it", () => {
    expect(perSecond(errors).promql).toBe(
      'rate(genai_app_errors_total{cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance"}[$__rate_interval])',
    );
    expect(inRange(chatTokens, { direction: "input" }).promql).toBe(
      'increase(genai_app_chat_tokens_total{cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance", model=~"$model", direction="input"}[$__range])',
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
      'histogram_quantile(0.95, sum by (le, model) (rate(genai_app_model_latency_seconds_bucket{cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance", model=~"$model", operation="inference"}[$__rate_interval]))) >= 0',
    );
    const vector = { promql: "x", labels: [] };
    expect(ratio(vector, { promql: "y", labels: [] }).promql).toBe("x / (y > 0)");
    expect(aboveZero(vector).promql).toBe("x > 0");
    expect([atMost(vector, 1).promql, atLeast(vector, -1).promql]).toEqual(["clamp_max(x, 1)", "clamp_min(x, -1)"]);
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
  const scope = 'cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance", model=~"$model"';

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

describe("buckets by their bound", () => {
  const { requestFirstToken, timePerOutputToken } = catalogue;

  it("are found in both spellings, and a value that is no bound is refused", () => {
    expect(bucketBound(requestFirstToken, 2)).toEqual({ matching: "2|2[.]0" });
    expect(bucketBound(timePerOutputToken, 0.1)).toBe("0.1");
    expect(() => bucketBound(requestFirstToken, 3)).toThrow(
      "genai_app_request_first_token_seconds has no bucket that ends at 3: choose one of 0.001,",
    );
  });

  it.each([
    ["2", true],
    ["2.0", true],
    ["20", false],
    ["2.5", false],
    ["2x0", false],
  ])("le=%s is the bound 2: %s", (le, isIt) => {
    const bound = bucketBound(requestFirstToken, 2);
    // Prometheus matches the whole text
    const pattern = typeof bound === "object" && "matching" in bound ? bound.matching : "";
    expect(new RegExp(`^(?:${pattern})$`).test(le)).toBe(isIt);
  });

  it("give the share that held an objective, which rules and panels build alike", () => {
    const rule = promqlBuilders({ window: "5m" });
    const good = sumBy(rule.bucketPerSecond(requestFirstToken, bucketBound(requestFirstToken, 2)), "job", "model");
    const all = sumBy(rule.observationsPerSecond(requestFirstToken), "job", "model");
    expect(difference(all, good).promql).toBe(
      'sum by (job, model) (rate(genai_app_request_first_token_seconds_count[5m])) - sum by (job, model) (rate(genai_app_request_first_token_seconds_bucket{le=~"2|2[.]0"}[5m]))',
    );
    expect(recent.shareWithin(requestFirstToken, chosenBound("ttft_slo"), "model").promql).toContain(
      'model=~"$model", le=~"$ttft_slo|$ttft_slo[.]0"}[5m])) / (sum by (model) (rate(',
    );
  });
});

describe("what tiles and tables ask", () => {
  it("looks back five minutes or over what is visible, never over a panel's step", () => {
    expect(recent.perSecond(errors).promql).toMatch(/\[5m\]\)$/);
    expect(visible.goodput().promql).toMatch(/\[\$__range\]/);
    expect(visible.peak(modelMemory, "model").promql).toMatch(
      /^max by \(model\) \(max_over_time\(.+\[\$__range\]\)\)$/,
    );
  });

  it("failed inferences are a share of those that nobody called off", () => {
    expect(failedShare().promql).toMatch(/finish_reason="error"\}.+ \/ \(sum\(rate\(.+finish_reason!~"aborted"\}/);
  });

  it("a value beside a chosen limit says on which side of it", () => {
    expect(judged({ promql: "x", labels: [] }, "$ttft_slo")).toEqual({
      promql:
        'label_replace(x <= $ttft_slo, "judgement", "kept", "", "") or label_replace(x > $ttft_slo, "judgement", "missed", "", "")',
      labels: ["judgement"],
    });
  });

  it("the largest of many", () => {
    expect(largest(10, sumBy(perSecond(errors), "type")).promql).toMatch(/^topk\(10, sum by \(type\) \(/);
  });
});

describe("series that begin with their first event", () => {
  const all = select(errors, { scope: chosen }).promql;
  const scraped = select(activeRequests, { scope: chosen }).promql;

  it("count with their last value where their process was scraped without them, the others by their increase", () => {
    const newborn = (window: string, end = "") => {
      const counted = (of: string) => `count_over_time(${of}[${window}]${end})`;
      const seen = `${counted(scraped)} + (${scraped} offset ${window}${end} >= bool 0) or ${counted(scraped)}`;
      const process = "cluster, namespace, job, instance";
      const few = `(${counted(all)} unless ${all} offset ${window}${end})`;
      const isYoung = `(${few} < on (${process}) group_left () max by (${process}) (${seen}))`;
      const last = `last_over_time(${all}[${window}]${end})`;
      return `(${last} and ${isYoung} unless resets(${all}[${window}]${end}) > 0 or increase(${all}[${window}]${end}))`;
    };
    expect(grown(errors).promql).toBe(newborn("$__rate_interval"));
    expect(recent.grown(errors).promql).toBe(newborn("5m"));
    expect(visible.grown(errors).promql).toBe(newborn("$__range"));
    expect(overallGrowth(errors).promql).toBe(newborn("$__range", " @ end()"));
  });

  it("of a histogram are its observations, or those up to a bound; a rule names a process by what it keeps", () => {
    const { requestFirstToken } = catalogue;
    const bound = bucketBound(requestFirstToken, 2);
    const of = { scope: {}, window: "5m", process: ["job", "instance"], suffix: "_bucket", bound } as const;
    const buckets = 'genai_app_request_first_token_seconds_bucket{le=~"2|2[.]0"}';
    expect(growth(requestFirstToken, of).promql).toBe(
      `(last_over_time(${buckets}[5m]) and ((count_over_time(${buckets}[5m]) unless ${buckets} offset 5m) < on (job, instance) group_left () max by (job, instance) (count_over_time(genai_app_active_requests[5m]) + (genai_app_active_requests offset 5m >= bool 0) or count_over_time(genai_app_active_requests[5m]))) unless resets(${buckets}[5m]) > 0 or increase(${buckets}[5m]))`,
    );
  });

  it("are per second by the window's own length, which a line has no number of", () => {
    const vector = { promql: "x", labels: [] };
    expect(perSecondInStep(vector).promql).toBe("x / scalar(increase(vector(time())[$__rate_interval:5s]))");
    expect(perSecondOfRecent(vector).promql).toBe("x / 300");
  });
});

describe("series from outside of the app", () => {
  it("are selected by the labels that they have: a recorded one has no instance", () => {
    expect(select(burns["1h"], { scope: { job: "a", instance: "b", model: "c" } }).promql).toBe(
      'aiwatch:slo_burn:ratio1h{job="a", model="c"}',
    );
    expect(select(outside.sloGoal, { scope: { job: "a" } }).promql).toBe("aiwatch:slo_objective:ratio");
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
