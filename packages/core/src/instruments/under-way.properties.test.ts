import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { catalogue } from "../catalogue/index.ts";
import type { InferenceHandle, Usage } from "../inference/inference-handle.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { createTestAiwatch, fakeClock, type TestAiwatch } from "../testing/index.ts";
import type { MetricSnapshot } from "./metric.ts";

interface Said<Do> {
  readonly do: Do;
  readonly at: number;
}

interface Counted<Do> extends Said<Do> {
  readonly count: number;
}

/** What happens to one of the inferences, or to all. */
type Step =
  | {
      readonly do: "begin";
      readonly model: number;
      readonly provider: string;
      readonly operation: "chat" | "embeddings";
    }
  | Counted<"tokens">
  | Counted<"reasoning">
  | Counted<"prompt">
  | Counted<"prefilled">
  | Said<"shift">
  | Said<"first">
  | Said<"asked">
  | Said<"abort">
  | Said<"fail">
  | { readonly do: "end"; readonly at: number; readonly usage: Readonly<Record<string, number | undefined>> }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "scrape" | "summary" };

const at = fc.nat({ max: 5 });
const count = fc.integer({ min: 1, max: 30 });
const usage = fc.record({
  promptTokens: fc.option(count, { nil: undefined }),
  cachedPromptTokens: fc.option(count, { nil: undefined }),
  outputTokens: fc.option(count, { nil: undefined }),
  reasoningTokens: fc.option(count, { nil: undefined }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("begin" as const),
    model: fc.nat({ max: 2 }),
    provider: fc.constantFrom("llama.cpp", "ollama"),
    operation: fc.constantFrom("chat" as const, "chat" as const, "embeddings" as const),
  }),
  { weight: 4, arbitrary: fc.record({ do: fc.constant("tokens" as const), at, count: fc.constantFrom(1, 1, 1, 5) }) },
  fc.record({ do: fc.constantFrom("reasoning" as const, "prompt" as const, "prefilled" as const), at, count }),
  fc.record({ do: fc.constantFrom("shift" as const, "first" as const, "asked" as const), at }),
  fc.record({ do: fc.constantFrom("abort" as const, "fail" as const), at }),
  fc.record({ do: fc.constant("end" as const), at, usage }),
  // a clock of the app's may go back
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.double({ min: -1, max: 90, noNaN: true }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("scrape" as const, "summary" as const) }) },
);

const modelName = (n: number) => `model-${n}`;

/** An app, step by step. */
class Played {
  readonly clock = fakeClock();
  readonly test: TestAiwatch = createTestAiwatch({ clock: this.clock });
  readonly #inferences: InferenceHandle[] = [];

  play(given: Step): void {
    if (given.do === "begin") this.#begin(given);
    else if (given.do === "wait") this.clock.advance(given.ms);
    else if ("at" in given && this.#inferences.length > 0) {
      report(this.#inferences[given.at % this.#inferences.length] as InferenceHandle, given);
    }
  }

  endAll(): void {
    for (const inference of this.#inferences) inference.end({ unified: "stop" });
  }

  #begin({ model, provider, operation }: Extract<Step, { do: "begin" }>): void {
    this.#inferences.push(this.test.aiwatch.startInference({ model: modelName(model), provider, operation }));
  }
}

type Reported = Extract<Step, { at: number }>;

const reports: {
  readonly [Do in Reported["do"]]: (to: InferenceHandle, given: Extract<Reported, { do: Do }>) => void;
} = {
  tokens: (to, given) => to.token(given.count),
  reasoning: (to, given) => to.reasoningTokens(given.count),
  prompt: (to, given) => to.promptTokens(given.count, 1),
  prefilled: (to, given) => to.prefilled(given.count),
  shift: (to) => to.contextShift(),
  first: (to) => to.firstToken(),
  asked: (to) => to.tokenAsked(),
  abort: (to) => to.abort(),
  fail: (to) => to.fail(new Error("x"), "engine_error"),
  end: (to, { usage: given }) => to.end({ unified: "stop" }, given as Usage),
};

function report(inference: InferenceHandle, given: Reported): void {
  (reports[given.do] as (to: InferenceHandle, given: Reported) => void)(inference, given);
}

type Samples = ReadonlyMap<string, number>;

/** What must not fall, each series by its name and labels. */
async function scrape({ registry }: TestAiwatch): Promise<Samples> {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricSnapshot[];
  const counts = metrics.filter(({ type }) => type !== "gauge");
  return new Map(
    counts.flatMap(({ name, values }) =>
      values.map(({ metricName = name, labels, value }) => [keyOf(metricName, labels), value] as const),
    ),
  );
}

const keyOf = (name: string, labels: object) => `${name}${JSON.stringify(labels)}`;

function expectNoneFell(before: Samples, after: Samples): void {
  for (const [series, value] of before) {
    if (!((after.get(series) ?? -1) >= value)) expect.fail(`${series} fell from ${value} to ${after.get(series)}`);
  }
}

/** The counters that an engine corrects: with their debts' name and what a record says of them. */
const corrected = [
  [catalogue.chatTokens.name, { direction: "input" }, "input", "promptTokens"],
  [catalogue.chatTokens.name, { direction: "output" }, "output", "outputTokens"],
  [catalogue.cachedPromptTokens.name, {}, "cached", "cachedPromptTokens"],
  [catalogue.reasoningTokens.name, {}, "reasoning", "reasoningTokens"],
] as const;

const ledgerOf = (records: readonly InferenceRecord[], model: string, field: (typeof corrected)[number][3]) =>
  records.filter((record) => record.model === model).reduce((sum, record) => sum + (record[field] ?? 0), 0);

async function expectBalance({ sample, inferences }: TestAiwatch): Promise<void> {
  for (const model of new Set(inferences.map((record) => record.model))) {
    for (const [name, labels, kind, field] of corrected) {
      const shown = await sample(name, { ...labels, model });
      const debt = (await sample(catalogue.tokenDebt.name, { model, kind })) ?? 0;
      expect([name, kind, shown]).toEqual([name, kind, ledgerOf(inferences, model, field) + debt]);
    }
  }
}

/** By the counter that owes it. */
async function owedBy({ sample }: TestAiwatch): Promise<Samples> {
  const owed = new Map<string, number>();
  for (const model of [0, 1, 2].map(modelName)) {
    for (const [name, labels, kind] of corrected) {
      const debt = await sample(catalogue.tokenDebt.name, { model, kind });
      if (debt !== undefined) owed.set(keyOf(name, { ...labels, model }), debt);
    }
  }
  return owed;
}

function expectSame(series: string, value: number | undefined, expected: number): void {
  // the terms of a sum of seconds may have been added in another order
  if (series.includes("_seconds_sum")) expect(value).toBeCloseTo(expected, 9);
  else expect([series, value]).toEqual([series, expected]);
}

describe("whatever happens between any scrapes", () => {
  it("no counter and no bucket falls, and at rest each is what was recorded and what is owed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 80, size: "max" }), async (steps) => {
        const played = new Played();
        const { test } = played;
        let before: Samples = new Map();
        let summary = test.aiwatch.summary();
        for (const each of [...steps, { do: "scrape" } as const]) {
          played.play(each);
          if (each.do === "scrape") {
            const after = await scrape(test);
            expectNoneFell(before, after);
            before = after;
          } else if (each.do === "summary") {
            const now = test.aiwatch.summary();
            expect(now.tokensGenerated).toBeGreaterThanOrEqual(summary.tokensGenerated);
            expect(now.tokensProcessed).toBeGreaterThanOrEqual(summary.tokensProcessed);
            summary = now;
          }
        }
        played.endAll();
        expectNoneFell(before, await scrape(test));
        await expectBalance(test);
        const { tokensGenerated, tokenDebt } = test.aiwatch.summary();
        const recorded = test.inferences.reduce((sum, { outputTokens = 0 }) => sum + outputTokens, 0);
        expect(tokensGenerated).toBe(recorded + (tokenDebt?.tokensGenerated ?? 0));
      }),
      { numRuns: 300 },
    );
  });

  it("scrapes change nothing but what is owed: without them every figure is the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: "max" }), async (steps) => {
        const [scraped, unseen] = [new Played(), new Played()];
        for (const each of steps) {
          scraped.play(each);
          unseen.play(each);
          if (each.do === "scrape") await scrape(scraped.test);
        }
        for (const played of [scraped, unseen]) played.endAll();
        const owed = await owedBy(scraped.test);
        const [shown, recorded] = [await scrape(scraped.test), await scrape(unseen.test)];
        expect([...shown.keys()].toSorted()).toEqual([...recorded.keys()].toSorted());
        for (const [series, value] of recorded) expectSame(series, shown.get(series), value + (owed.get(series) ?? 0));
      }),
      { numRuns: 200 },
    );
  });
});
