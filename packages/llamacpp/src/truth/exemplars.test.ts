import { createTestAiwatch } from "@aiwatch/core/testing";
import { type Span, type TracerProvider, trace } from "@opentelemetry/api";
import { afterAll, expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { newSession } from "../test-support/sessions.ts";

afterAll(() => trace.disable());

test("what falls into a bucket leads to its trace, and to the very inference in it", async () => {
  let spans = 0;
  const spanIds: string[] = [];
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const startSpan = (): Span => {
    spans += 1;
    spanIds.push(`b7ad6b71692033${String(spans).padStart(2, "0")}`);
    return trace.wrapSpanContext({ traceId, spanId: spanIds.at(-1)!, traceFlags: 1 });
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as unknown as TracerProvider);

  const context = await tinyContext({}, "endless");
  const { aiwatch, inferences, registry } = createTestAiwatch();
  const session = instrumentModel(newSession(context.getSequence()), { aiwatch });
  for (const maxTokens of [4, 6]) await session.prompt("Tell me about the local model", { maxTokens });
  expect(inferences.map(({ spanId }) => spanId)).toEqual(spanIds);

  const exemplarsOf = async (name: string) => {
    const { values } = (await registry.getSingleMetric(name)!.get()) as unknown as {
      readonly values: readonly { readonly exemplar?: { readonly labelSet: object; readonly value: number } }[];
    };
    return values.flatMap(({ exemplar }) => (exemplar === undefined ? [] : [exemplar]));
  };
  for (const [name, field] of [
    ["genai_app_first_token_latency_seconds", "firstTokenMs"],
    ["genai_app_queue_seconds", "queueMs"],
    ["genai_app_time_per_output_token_seconds", "timePerOutputTokenMs"],
    ["genai_app_llamacpp_prompt_eval_seconds", "promptEvalMs"],
    ["genai_app_model_latency_seconds", "durationMs"],
  ] as const) {
    const exemplars = await exemplarsOf(name);
    expect(exemplars.length, name).toBeGreaterThan(0);
    for (const { labelSet, value } of exemplars) {
      const record = inferences.find(({ spanId }) => Reflect.get(labelSet, "span_id") === spanId)!;
      expect(labelSet).toEqual({ trace_id: traceId, span_id: record.spanId });
      expect(value).toBeCloseTo(record[field]! / 1000, 12);
    }
  }
  await context.dispose();
});
