import { describe, expect, it } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

function setUp() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  const start = (model = "tiny") => keep(test.aiwatch.startInference({ model }));
  const running = async (model = "tiny") => [
    await test.sample("genai_app_active_inferences", { model }),
    await test.sample("genai_app_queued_inferences", { model }),
  ];
  const rate = (model = "tiny") => test.sample("genai_app_llamacpp_tokens_per_second", { model });
  return { ...test, clock, start, running, rate };
}

describe("the running inferences of a model", () => {
  it("are queued until the engine begins with them, then active, then gone", async () => {
    const { start, running } = setUp();
    const [one, two] = [start(), start()];
    expect(await running()).toEqual([0, 2]);
    one.evaluationBegun();
    expect(await running()).toEqual([1, 1]);
    two.abort();
    expect(await running()).toEqual([1, 0]);
    one.end({ unified: "stop" });
    expect(await running()).toEqual([0, 0]);
  });

  it("are counted once, however often their end is told", async () => {
    const { start, running } = setUp();
    const [one] = [start(), start()];
    one!.end({ unified: "stop" });
    one!.fail(new Error("late"));
    one!.evaluationBegun();
    expect(await running()).toEqual([0, 1]);
  });

  it("are each model's own, and unknown of one that was only reported", async () => {
    const { aiwatch, start, running } = setUp();
    start("tiny").evaluationBegun();
    start("other-model");
    aiwatch.reportModel("reported", { tokensPerSecond: 5 });
    expect(await running("tiny")).toEqual([1, 0]);
    expect(await running("other-model")).toEqual([0, 1]);
    expect(await running("reported")).toEqual([undefined, undefined]);
  });

  it("are all active of a model behind HTTP: nobody sees which of them wait", async () => {
    const { aiwatch, running } = setUp();
    const inference = keep(aiwatch.startInference({ model: "tiny", kind: "client" }));
    expect(await running()).toEqual([1, undefined]);
    const own = keep(aiwatch.startInference({ model: "tiny" }));
    expect(await running()).toEqual([1, 1]);
    inference.end({ unified: "stop" });
    own.end({ unified: "stop" });
    expect(await running()).toEqual([0, 0]);
  });

  it("share one series where their models are over the cap", async () => {
    const { start, running } = setUp();
    for (let n = 0; n < 60; n += 1) start(`m${n}`);
    expect(await running("m0")).toEqual([0, 1]);
    expect(await running("other")).toEqual([0, 10]);
  });
});

describe("the decode rate of a running inference", () => {
  it("is gone once no token came for a minute, and back with the next", async () => {
    const { start, clock, rate } = setUp();
    const inference = start();
    inference.token();
    clock.advance(100);
    inference.token();
    clock.advance(60_000);
    expect(await rate()).toBe(10);
    clock.advance(1);
    expect(await rate()).toBe(undefined);
    clock.advance(39_899);
    inference.token();
    expect(await rate()).toBeCloseTo(0.02);
  });
});

describe("the ages of a model's running inferences", () => {
  const oldest = catalogue.oldestInference.name;
  const lastToken = catalogue.lastTokenAge.name;

  it("show the oldest one, queue included, and are absent if none is running", async () => {
    const { start, clock, sample } = setUp();
    expect(await sample(oldest, { model: "tiny" })).toBe(undefined);
    const [one] = [start(), clock.advance(2000), start()];
    clock.advance(1000);
    start("other-model");
    expect([await sample(oldest, { model: "tiny" }), await sample(oldest, { model: "other-model" })]).toEqual([3, 0]);
    one.abort();
    expect(await sample(oldest, { model: "tiny" })).toBe(1);
  });

  it("show the time since the newest token of all of them", async () => {
    const { start, clock, sample } = setUp();
    const [one, two] = [start(), start()];
    expect(await sample(lastToken, { model: "tiny" })).toBe(undefined);
    one.token();
    clock.advance(5000);
    expect(await sample(lastToken, { model: "tiny" })).toBe(5);
    two.firstToken();
    clock.advance(1000);
    expect(await sample(lastToken, { model: "tiny" })).toBe(1);
    two.end({ unified: "stop" });
    expect(await sample(lastToken, { model: "tiny" })).toBe(6);
    one.end({ unified: "stop" });
    expect(await sample(lastToken, { model: "tiny" })).toBe(undefined);
  });

  it("show no token of an operation that generates no text", async () => {
    const { aiwatch, clock, sample } = setUp();
    keep(aiwatch.startInference({ model: "tiny", operation: "embeddings" })).token();
    clock.advance(1000);
    expect([await sample(oldest, { model: "tiny" }), await sample(lastToken, { model: "tiny" })]).toEqual([
      1,
      undefined,
    ]);
  });

  it("use each instance's own clock, and leave out one that went back", async () => {
    const { aiwatch, registry, clock, sample } = setUp();
    const clocks = [fakeClock(), fakeClock()];
    const [later, broken] = clocks.map((each) => createAiwatch({ registry, clock: each }));
    for (const each of [aiwatch, later, broken]) keep(each!.startInference({ model: "tiny" })).token();
    clock.advance(4000);
    clocks[0]?.advance(7000);
    clocks[1]?.advance(-1);
    expect([await sample(oldest, { model: "tiny" }), await sample(lastToken, { model: "tiny" })]).toEqual([7, 4]);
  });
});
