import type { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import type { Sample } from "./metric.ts";

const model = "tiny";
const output = { direction: "output", model };
const tokens = catalogue.chatTokens.name;
const debt = catalogue.tokenDebt.name;

function setUp() {
  const clock = fakeClock();
  return { clock, ...createTestAiwatch({ clock }) };
}

describe("while an answer goes on", () => {
  it("every figure that its engine counts is in a scrape, and none of it changes when it ends", async () => {
    const { aiwatch, clock, sample } = setUp();
    const inference = aiwatch.startInference({ model, provider: "llama.cpp" });
    inference.promptTokens(7, 5);
    inference.prefilled(7);
    clock.advance(40);
    inference.token();
    clock.advance(20);
    inference.token();
    clock.advance(300);
    inference.token();
    inference.reasoningTokens(2);
    inference.contextShift();
    const read = async () => [
      await sample(tokens, { direction: "input", model }),
      await sample(tokens, output),
      await sample(catalogue.cachedPromptTokens.name, { model }),
      await sample(catalogue.reasoningTokens.name, { model }),
      await sample(catalogue.promptEvalTokens.name, { model }),
      await sample(catalogue.contextShifts.name, { model }),
      await sample(catalogue.firstTokenWaits.name, { model, outcome: "got" }),
      await sample("genai_app_first_token_latency_seconds_count", { model }),
      await sample("genai_app_first_token_latency_seconds_sum", { model }),
      await sample("genai_app_first_token_latency_seconds_bucket", { model, le: 0.025 }),
      await sample("genai_app_first_token_latency_seconds_bucket", { model, le: 0.05 }),
      await sample("genai_app_inter_token_latency_seconds_count", { model }),
      await sample("genai_app_inter_token_latency_seconds_sum", { model }),
      await sample("genai_app_inter_token_latency_seconds_bucket", { model, le: 0.1 }),
    ];
    const figures = [12, 3, 5, 2, 7, 1, 1, 1, 0.04, 0, 1, 2, 0.32, 1];
    expect(await read()).toEqual(figures);
    expect(await read()).toEqual(figures);
    inference.end({ unified: "stop" });
    expect(await read()).toEqual(figures);
    expect(await sample(debt, { model, kind: "output" })).toBe(undefined);
  });

  it("the rows of an engine hold what it runs alone, and a model over the cap is in `other`", async () => {
    const { aiwatch, sample } = setUp();
    const elsewhere = aiwatch.startInference({ model, provider: "ollama" });
    elsewhere.prefilled(3);
    elsewhere.contextShift();
    expect(await sample(catalogue.promptEvalTokens.name, { model })).toBe(undefined);
    for (let n = 0; n < 60; n += 1) keep(aiwatch.startInference({ model: `m${n}` })).token();
    const over = { direction: "output", model: "other" };
    expect(await sample(tokens, over)).toBe(11);
  });

  it("an embedding waits for no first token", async () => {
    const { aiwatch, sample } = setUp();
    const embedding = aiwatch.startInference({ model, operation: "embeddings" });
    embedding.firstToken();
    expect(await sample(catalogue.firstTokenWaits.name, { model, outcome: "got" })).toBe(undefined);
    expect(await sample("genai_app_first_token_latency_seconds_count", { model })).toBe(1);
    embedding.end({ unified: "stop" });
    expect(await sample(catalogue.firstTokenWaits.name, { model, outcome: "got" })).toBe(undefined);
    expect(await sample("genai_app_first_token_latency_seconds_count", { model })).toBe(1);
  });

  it("a first token of which the clock knows no time is a wait that is over, and in no latency", async () => {
    const { aiwatch, clock, sample } = setUp();
    const inference = aiwatch.startInference({ model });
    clock.advance(-5);
    inference.token();
    for (const end of [() => {}, () => inference.abort()]) {
      end();
      expect(await sample(catalogue.firstTokenWaits.name, { model, outcome: "got" })).toBe(1);
      expect(await sample(catalogue.firstTokenWaits.name, { model, outcome: "aborted" })).toBe(0);
      expect(await sample("genai_app_first_token_latency_seconds_count", { model })).toBe(undefined);
    }
  });

  it("what came in one piece is no wait that anybody knows", async () => {
    const { aiwatch, sample } = setUp();
    aiwatch.startInference({ model }).end({ unified: "stop" }, { outputTokens: 4 });
    for (const outcome of ["got", "aborted", "failed"]) {
      expect(await sample(catalogue.firstTokenWaits.name, { model, outcome })).toBe(0);
    }
  });
});

describe("an engine that counts fewer in the end", () => {
  it("takes nothing back that was read: the next tokens pay for it first", async () => {
    const { aiwatch, sample } = setUp();
    const first = aiwatch.startInference({ model });
    first.token(10);
    expect(await sample(tokens, output)).toBe(10);
    first.end({ unified: "stop" }, { outputTokens: 6 });
    expect([await sample(tokens, output), await sample(debt, { model, kind: "output" })]).toEqual([10, 4]);
    const next = aiwatch.startInference({ model });
    next.token(3);
    expect([await sample(tokens, output), await sample(debt, { model, kind: "output" })]).toEqual([10, 1]);
    next.token(3);
    expect([await sample(tokens, output), await sample(debt, { model, kind: "output" })]).toEqual([12, undefined]);
    next.end({ unified: "stop" });
    expect([await sample(tokens, output), await sample(debt, { model, kind: "output" })]).toEqual([12, undefined]);
  });

  it("owes nothing where nobody had read", async () => {
    const { aiwatch, sample } = setUp();
    const inference = aiwatch.startInference({ model });
    inference.token(10);
    inference.end({ unified: "stop" }, { outputTokens: 6 });
    expect([await sample(debt, { model, kind: "output" }), await sample(tokens, output)]).toEqual([undefined, 6]);
  });

  it("reading what is owed shows nothing of what is under way: it makes no debt by itself", async () => {
    const { aiwatch, sample, registry } = setUp();
    const inference = aiwatch.startInference({ model });
    inference.token(10);
    await registry.getSingleMetric(debt)!.get();
    inference.end({ unified: "stop" }, { outputTokens: 6 });
    expect(await sample(tokens, output)).toBe(6);
  });

  it.each([
    ["input", "promptTokens", tokens, { direction: "input", model }],
    ["cached", "cachedPromptTokens", catalogue.cachedPromptTokens.name, { model }],
    ["reasoning", "reasoningTokens", catalogue.reasoningTokens.name, { model }],
  ] as const)("owes %s tokens by their own name", async (kind, count, name, labels) => {
    const { aiwatch, sample } = setUp();
    const inference = aiwatch.startInference({ model });
    inference.promptTokens(5, 5);
    inference.reasoningTokens(5);
    const shown = await sample(name, labels);
    inference.end({ unified: "stop" }, { [count]: 1 });
    expect([await sample(name, labels), await sample(debt, { model, kind })]).toEqual([shown, Number(shown) - 1]);
  });

  it("corrects the summary as it does the counters", () => {
    const { aiwatch } = setUp();
    const first = aiwatch.startInference({ model });
    first.promptTokens(8);
    first.token(10);
    expect(aiwatch.summary()).toMatchObject({ tokensGenerated: 10, tokensProcessed: 8 });
    expect(aiwatch.summary()).not.toHaveProperty("tokenDebt");
    first.end({ unified: "stop" }, { outputTokens: 6 });
    const tokenDebt = { tokensGenerated: 4, tokensProcessed: 0 };
    expect(aiwatch.summary()).toMatchObject({ tokensGenerated: 10, tokensProcessed: 8, tokenDebt });
    keep(aiwatch.startInference({ model })).token(5);
    expect(aiwatch.summary()).toMatchObject({ tokensGenerated: 11 });
    expect(aiwatch.summary()).not.toHaveProperty("tokenDebt");
  });
});

describe("an app that begins anew while an answer goes on", () => {
  it.each([
    ["resets its metrics", (registry: Registry) => registry.resetMetrics()],
    [
      "clears its registry",
      (registry: Registry) => {
        registry.clear();
        createAiwatch({ registry });
      },
    ],
  ])("and %s finds 0, and then what came since", async (_, begin) => {
    const { aiwatch, registry, clock, sample } = setUp();
    const inference = aiwatch.startInference({ model });
    const token = () => {
      clock.advance(50);
      inference.token();
    };
    for (let n = 0; n < 3; n += 1) token();
    const gaps = "genai_app_inter_token_latency_seconds";
    expect([await sample(tokens, output), await sample(`${gaps}_count`, { model })]).toEqual([3, 2]);
    begin(registry);
    const read = async () => [
      await sample(tokens, output),
      await sample(`${gaps}_count`, { model }),
      await sample(`${gaps}_sum`, { model }),
      await sample(`${gaps}_bucket`, { model, le: 0.05 }),
      await sample("genai_app_first_token_latency_seconds_count", { model }),
    ];
    expect(await read()).toEqual([0, 0, 0, 0, 0]);
    token();
    const after = [1, 1, expect.closeTo(0.05), 1, 0];
    expect(await read()).toEqual(after);
    inference.end({ unified: "stop" });
    expect(await read()).toEqual(after);
  });
});

it("two instances on one registry show what both have under way, and each summary its own", async () => {
  const { aiwatch, registry, sample } = setUp();
  const other = createAiwatch({ registry });
  keep(aiwatch.startInference({ model })).token(2);
  keep(other.startInference({ model })).token(3);
  expect(await sample(tokens, output)).toBe(5);
  expect([aiwatch.summary().tokensGenerated, other.summary().tokensGenerated]).toEqual([2, 3]);
});

it("the summary's mean time to first token holds that of an answer under way", () => {
  const { aiwatch, clock } = setUp();
  const inference = aiwatch.startInference({ model });
  expect(aiwatch.summary().averages.firstTokenMs).toBe(null);
  clock.advance(30);
  inference.token();
  expect(aiwatch.summary().averages.firstTokenMs).toBe(30);
  inference.end({ unified: "stop" });
  expect(aiwatch.summary().averages.firstTokenMs).toBe(30);
});

it("a sum of seconds does not fall by its last digit when its terms are added in another order", async () => {
  const { aiwatch, clock, sample } = setUp();
  const firstTokenAfter = (ms: number) => {
    const inference = aiwatch.startInference({ model });
    clock.advance(ms);
    inference.token();
    return inference;
  };
  firstTokenAfter(300).abort();
  const [first] = [firstTokenAfter(200), firstTokenAfter(100)];
  const sum = () => sample("genai_app_first_token_latency_seconds_sum", { model });
  expect(await sum()).toBe(0.3 + (0.2 + 0.1));
  first?.abort();
  expect(0.3 + 0.2 + 0.1).toBeLessThan(0.3 + (0.2 + 0.1));
  expect(await sum()).toBe(0.3 + (0.2 + 0.1));
});

it("an answer that ends while a scrape is read is in no histogram twice", () => {
  const { aiwatch, clock } = setUp();
  const running = ["a", "b", "c"].map((name) => aiwatch.startInference({ model: name }));
  clock.advance(5);
  for (const inference of running) inference.token();
  const metric = hostOf(aiwatch).instruments.firstTokenLatency as unknown as { samples(): Iterable<readonly Sample[]> };
  const counts: number[] = [];
  for (const piece of metric.samples()) {
    for (const { metricName, value } of piece) if (metricName?.endsWith("_count")) counts.push(value);
    for (const inference of running) inference.end({ unified: "stop" });
  }
  expect(counts).toEqual([1, 1, 1]);
});
