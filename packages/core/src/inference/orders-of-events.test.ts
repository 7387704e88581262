import { trace } from "@opentelemetry/api";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { finishReasons } from "../catalogue/values.ts";
import { createTestAiwatch, fakeClock, type TestAiwatch } from "../testing/index.ts";
import type { InferenceRecord, ToolRecord } from "./record.ts";
import { countSpanEnds } from "./test-support/count-spans.ts";
import { type Event, type Interleaving, interleavings } from "./test-support/events.ts";
import type { ToolHandle } from "./tool-handle.ts";

afterEach(() => trace.disable());

function setUp() {
  const clock = fakeClock(1000);
  const toolRecords: ToolRecord[] = [];
  const observers = [{ name: "tools", toolEnded: (record: ToolRecord) => void toolRecords.push(record) }];
  const test = createTestAiwatch({ clock, observers, content: { target: "span" }, slo: { latencyMs: 1000 } });
  return { ...test, clock, toolRecords };
}

type Stage = ReturnType<typeof setUp>;

/** Tells it all to the handles, as a caller of plain JavaScript would. Whatever throws fails the test. */
function play({ aiwatch, clock }: Stage, { starts, events }: Interleaving) {
  const made = starts.map((start) => ({ handle: aiwatch.startInference(start as never), tools: [] as ToolHandle[] }));
  for (const [index, [name, ...args]] of events) {
    const { handle, tools } = made[index]!;
    if (name === "advance") clock.advance(args[0] as number);
    else if (name === "run") expect(handle.run(() => made)).toBe(made);
    else if (name === "startTool") tools.push(handle.startTool(args[0] as never));
    else if (name.startsWith("tool.")) tell(tools.at(-1), name.slice("tool.".length), args);
    else tell(handle, name, args);
  }
  return made;
}

function tell(target: object | undefined, name: string, args: Event[1][] | unknown[]): void {
  if (target !== undefined) Reflect.apply(Reflect.get(target, name), target, args);
}

/** How many are shown as running, over all models. */
function runningIn({ aiwatch }: TestAiwatch): number {
  const models = [...hostOf(aiwatch).models.read().values()];
  return models.reduce(
    (sum, { activeInferences = 0, queuedInferences = 0 }) => sum + activeInferences + queuedInferences,
    0,
  );
}

async function totalOf({ registry }: TestAiwatch, name: string, labels: Readonly<Record<string, string>> = {}) {
  const metric = await registry.getSingleMetric(name)!.get();
  return metric.values
    .filter((value) => Object.entries(labels).every(([key, wanted]) => value.labels[key] === wanted))
    .reduce((sum, { value }) => sum + value, 0);
}

const sumOf = (records: readonly InferenceRecord[], field: keyof InferenceRecord) =>
  records.reduce((sum, record) => sum + ((record[field] as number | undefined) ?? 0), 0);

/** Every number of a record, however deep. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.values(value).flatMap(numbersIn);
}

function expectTrue(record: InferenceRecord): void {
  expect(Object.isFrozen(record)).toBe(true);
  for (const number of numbersIn(record))
    expect(number >= 0 && Number.isFinite(number), JSON.stringify(record)).toBe(true);
  const { finishReason, failure, queueMs = 0, promptEvalMs = 0, firstTokenMs = 0, decodeMs = 0 } = record;
  // the clock never goes back here
  const { durationMs = Number.NaN } = record;
  expect(finishReasons).toContain(finishReason.unified);
  expect(["string", "undefined"]).toContain(typeof finishReason.raw);
  expect(failure !== undefined).toBe(finishReason.unified === "error");
  expect(firstTokenMs + decodeMs).toBeLessThanOrEqual(durationMs + 1e-6);
  expect(queueMs + promptEvalMs).toBeLessThanOrEqual(durationMs + 1e-6);
  if (record.queueMs !== undefined && record.promptEvalMs !== undefined) {
    expect(queueMs + promptEvalMs).toBeCloseTo(firstTokenMs, 6);
  }
}

async function expectCounted(stage: Stage): Promise<void> {
  const { inferences, toolRecords, aiwatch } = stage;
  const close = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(a, b, 1));
  close(await totalOf(stage, "genai_app_inferences_total"), inferences.length);
  close(await totalOf(stage, "genai_app_tool_calls_total"), toolRecords.length);
  const errors = await totalOf(stage, "genai_app_errors_total", { operation: "inference" });
  close(errors, inferences.filter(({ failure }) => failure !== undefined).length);
  const tokens = "genai_app_chat_tokens_total";
  close(await totalOf(stage, tokens, { direction: "output" }), sumOf(inferences, "outputTokens"));
  close(await totalOf(stage, tokens, { direction: "input" }), sumOf(inferences, "promptTokens"));
  close(await totalOf(stage, "genai_app_reasoning_tokens_total"), sumOf(inferences, "reasoningTokens"));
  close(await totalOf(stage, "genai_app_cached_prompt_tokens_total"), sumOf(inferences, "cachedPromptTokens"));
  const summary = aiwatch.summary();
  expect(Object.keys(summary.inferences)).toEqual(finishReasons);
  expect(numbersIn(summary.inferences).reduce((a, b) => a + b)).toBe(inferences.length);
  close(summary.tokensGenerated, sumOf(inferences, "outputTokens"));
}

it("whatever is told of several inferences, in whatever order, each is one true record", async () => {
  await fc.assert(
    fc.asyncProperty(interleavings, async (interleaving) => {
      const stage = setUp();
      const spanEnds = countSpanEnds();
      const made = play(stage, interleaving);
      const open = made.filter(({ handle }) => !handle.ended).length;
      expect([runningIn(stage), stage.inferences.length]).toEqual([open, made.length - open]);
      for (const { handle, tools } of made) {
        for (const tool of tools) tool.end();
        handle.end({ unified: "stop" });
      }
      const tools = made.flatMap((each) => each.tools);
      expect([runningIn(stage), stage.inferences.length]).toEqual([0, made.length]);
      expect(stage.toolRecords).toHaveLength(tools.length);
      expect(spanEnds).toEqual(new Array(made.length + tools.length).fill(1));
      for (const record of stage.inferences) expectTrue(record);
      await expectCounted(stage);
      // messages that are none, and operations: what is reported is the app's own fault
      expect(stage.diagnostics.filter(({ source }) => source !== "adapter")).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
