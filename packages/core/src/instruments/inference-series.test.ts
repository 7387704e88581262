import { context, ROOT_CONTEXT, TraceFlags, trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { catalogue } from "../catalogue/index.ts";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import type { MetricSnapshot } from "./metric.ts";

recordedSpans();

function setUp() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock, slo: { latencyMs: 1000 } });
  const snapshot = async (name: string) =>
    (await test.registry.getSingleMetric(name)!.get()) as unknown as MetricSnapshot;
  return { ...test, clock, snapshot };
}

/** The counters whose series of a model are known before anything was counted. */
const known = [
  catalogue.inferences,
  catalogue.chatTokens,
  catalogue.cachedPromptTokens,
  catalogue.reasoningTokens,
  catalogue.undeliveredTokens,
  catalogue.promptEvalTokens,
  catalogue.contextShifts,
  catalogue.sloInferences,
];

const histograms = [
  catalogue.modelLatency,
  catalogue.firstTokenLatency,
  catalogue.queueTime,
  catalogue.interTokenLatency,
  catalogue.timePerOutputToken,
  catalogue.promptTokens,
  catalogue.outputTokens,
  catalogue.promptEval,
  catalogue.serverUnexplained,
];

describe("the series of a model's inferences", () => {
  it.each(known.map((row) => [row.name, row] as const))("%s begins at 0, in all of its series", async (name, row) => {
    const { aiwatch, snapshot } = setUp();
    keep(aiwatch.startInference({ model: "tiny" }));
    const { values } = await snapshot(name);
    const { model: _, operation: __, ...closed } = row.labels as Record<string, { values?: readonly string[] }>;
    const expected = Object.values(closed).reduce((product, { values: all }) => product * (all?.length ?? 1), 1);
    expect(values.map(({ value }) => value)).toEqual(new Array(expected).fill(0));
    for (const { labels } of values) expect(labels).toMatchObject({ model: "tiny" });
  });

  it.each(histograms.map((row) => [row.name]))("%s appears with its first value", async (name) => {
    const { aiwatch, clock, snapshot } = setUp();
    aiwatch.startInference({ model: "tiny" }).abort();
    expect((await snapshot(name)).values).toEqual([]);
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    inference.promptTokens(3);
    inference.served({ promptEvalMs: 1 });
    for (let token = 0; token < 2; token += 1) {
      clock.advance(5);
      inference.token();
    }
    inference.end({ unified: "stop" });
    const counts = (await snapshot(name)).values.filter(({ metricName }) => metricName === `${name}_count`);
    expect(counts).toMatchObject([{ value: 1, labels: { model: "tiny" } }]);
  });

  it("holds what the record says", async () => {
    const { aiwatch, clock, sample } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(10);
    inference.evaluationBegun();
    inference.promptTokens(20, 12);
    inference.prefilled(20);
    inference.contextShift();
    inference.speculativeTokens({ used: 3, unused: 2, refuted: 1 });
    for (const gap of [30, 4, 4]) {
      clock.advance(gap);
      inference.token();
    }
    inference.reasoningTokens(2);
    inference.undeliveredTokens(1);
    inference.end({ unified: "length" });
    const of = (name: string, labels = {}) => sample(`genai_app_${name}`, { model: "tiny", ...labels });
    expect(await of("inferences_total", { operation: "chat", finish_reason: "length" })).toBe(1);
    expect(await of("chat_tokens_total", { direction: "input" })).toBe(32);
    expect(await of("chat_tokens_total", { direction: "output" })).toBe(3);
    expect(await of("cached_prompt_tokens_total")).toBe(12);
    expect(await of("llamacpp_prompt_eval_tokens_total")).toBe(20);
    expect(await of("llamacpp_context_shifts_total")).toBe(1);
    expect(await of("reasoning_tokens_total")).toBe(2);
    expect(await of("undelivered_tokens_total")).toBe(1);
    expect(await of("queue_seconds_sum")).toBeCloseTo(0.01);
    expect(await of("llamacpp_prompt_eval_seconds_sum")).toBeCloseTo(0.03);
    expect(await of("first_token_latency_seconds_sum")).toBeCloseTo(0.04);
    expect(await of("inter_token_latency_seconds_sum")).toBeCloseTo(0.008);
    expect(await of("inter_token_latency_seconds_count")).toBe(2);
    expect(await of("inter_token_latency_seconds_bucket", { le: 0.0025 })).toBe(0);
    expect(await of("inter_token_latency_seconds_bucket", { le: 0.005 })).toBe(2);
    expect(await of("time_per_output_token_seconds_sum")).toBeCloseTo(0.004);
    expect(await of("model_latency_seconds_sum", { operation: "inference" })).toBeCloseTo(0.048);
    expect(await of("prompt_tokens_sum")).toBe(32);
    expect(await of("output_tokens_sum")).toBe(3);
    for (const [outcome, count] of Object.entries({ used: 3, unused: 2, refuted: 1 })) {
      expect(await of("llamacpp_speculative_tokens_total", { outcome })).toBe(count);
    }
  });

  it.each(["abort", "fail"] as const)(
    "takes neither the latency nor the TPOT of an %s, but its tokens",
    async (end) => {
      const { aiwatch, clock, sample } = setUp();
      const inference = aiwatch.startInference({ model: "tiny" });
      for (let token = 0; token < 3; token += 1) {
        clock.advance(5);
        inference.token();
      }
      inference[end](new Error("no") as never);
      expect(await sample("genai_app_model_latency_seconds_count", { model: "tiny", operation: "inference" })).toBe(
        undefined,
      );
      expect(await sample("genai_app_time_per_output_token_seconds_count", { model: "tiny" })).toBe(undefined);
      expect(await sample("genai_app_inter_token_latency_seconds_count", { model: "tiny" })).toBe(2);
      expect(await sample("genai_app_chat_tokens_total", { model: "tiny", direction: "output" })).toBe(3);
    },
  );

  it.each(["embeddings", "rerank"] as const)("keeps %s apart from generation", async (operation) => {
    const { aiwatch, sample } = setUp();
    const inference = aiwatch.startInference({ model: "tiny", operation });
    inference.evaluationBegun();
    inference.promptTokens(4);
    inference.end({ unified: "stop" });
    expect(await sample("genai_app_model_latency_seconds_count", { model: "tiny", operation })).toBe(1);
    expect(await sample("genai_app_prompt_tokens_count", { model: "tiny" })).toBe(1);
    expect(await sample("genai_app_output_tokens_count", { model: "tiny" })).toBe(undefined);
  });

  it("says how many recordings lost their model's name, in each metric, and keeps no more of them", async () => {
    const { aiwatch, clock, sample, snapshot } = setUp();
    const { cap } = catalogue.inferences.labels.model;
    for (let n = 0; n < cap + 3; n += 1) {
      const inference = aiwatch.startInference({ model: `m${n}` });
      inference.token();
      clock.advance(5);
      inference.token();
      inference.end({ unified: "stop" });
    }
    for (const { name } of [catalogue.inferences, catalogue.sloInferences, ...histograms.slice(3, 5)]) {
      expect(await sample("genai_app_series_dropped_total", { metric: name })).toBe(3);
      const models = new Set((await snapshot(name)).values.map(({ labels }) => labels["model"]));
      expect(models.size).toBe(cap + 1);
    }
    expect(await sample("genai_app_inter_token_latency_seconds_count", { model: "other" })).toBe(3);
  });
});

describe("the exemplars", () => {
  it("lead from each of the inference's times to its trace, the gaps' from the longest one", async () => {
    const { aiwatch, clock, snapshot } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.evaluationBegun();
    for (const gap of [5, 3, 80, 3]) {
      clock.advance(gap);
      inference.token();
    }
    inference.end({ unified: "stop" });
    const { traceId, spanId } = inference.span.spanContext();
    const labelSet = { trace_id: traceId, span_id: spanId };
    const exemplarsOf = async (name: string) =>
      (await snapshot(name)).values.flatMap(({ labels, exemplar }) =>
        exemplar === undefined ? [] : [{ le: labels["le"], ...exemplar }],
      );
    const timestamp = expect.any(Number);
    expect(await exemplarsOf("genai_app_inter_token_latency_seconds")).toEqual([
      { le: 0.1, value: 0.08, labelSet, timestamp },
    ]);
    expect(await exemplarsOf("genai_app_first_token_latency_seconds")).toEqual([
      { le: 0.005, value: 0.005, labelSet, timestamp },
    ]);
    for (const { name } of [catalogue.modelLatency, catalogue.queueTime, catalogue.timePerOutputToken]) {
      expect(await exemplarsOf(name)).toMatchObject([{ labelSet }]);
    }
  });

  it("are none where the trace is not sampled: nobody keeps what they would name", async () => {
    const { aiwatch, inferences, snapshot } = setUp();
    const unsampled = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: TraceFlags.NONE };
    context.with(trace.setSpanContext(ROOT_CONTEXT, unsampled), () => {
      aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    });
    expect(inferences[0]).toMatchObject({ traceId: unsampled.traceId, sampled: false });
    const { values } = await snapshot(catalogue.modelLatency.name);
    expect(values.filter(({ exemplar }) => exemplar !== undefined)).toEqual([]);
  });
});
