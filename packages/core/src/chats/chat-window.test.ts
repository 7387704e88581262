import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { closeRequest, type RequestScope, requestScopes } from "../request/scope.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

function setUp() {
  const clock = fakeClock(1000);
  const { aiwatch } = createTestAiwatch({ clock });
  /** @param ms until its first token, after a quarter of which the engine begins; then two more tokens, ten a second */
  const chat = (ms: number) => {
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(ms / 4);
    inference.evaluationBegun();
    clock.advance((ms * 3) / 4);
    inference.token();
    for (let tokens = 0; tokens < 2; tokens += 1) {
      clock.advance(100);
      inference.token();
    }
    inference.end({ unified: "stop" });
  };
  return { aiwatch, clock, chat };
}

describe("the window of chats", () => {
  it("has what is known of none where there was none", () => {
    const { aiwatch } = setUp();
    const { window, series, now } = aiwatch.summary();
    expect(window).toEqual({
      seconds: 300,
      chats: 0,
      answered: 0,
      refused: 0,
      left: 0,
      failed: 0,
      aborted: 0,
      firstTokenMs: {},
      queueMs: {},
      tokensPerSecond: {},
    });
    expect(series).toEqual({ stepSeconds: 5, firstTokenP95Ms: [], tokensPerSecond: [], queued: [] });
    expect(now).toEqual({ chats: 0, active: 0, queued: 0, inLine: 0 });
  });

  it("has the quantiles of its chats, and forgets those of before", () => {
    const { aiwatch, clock, chat } = setUp();
    for (let ms = 100; ms <= 2000; ms += 100) chat(ms);
    const { window, totals } = aiwatch.summary();
    expect(window).toMatchObject({ chats: 20, answered: 20, errorRate: 0 });
    const within = (value: number | undefined, exact: number) =>
      expect(Math.abs((value as number) - exact)).toBeLessThanOrEqual(exact * 0.025);
    within(window.firstTokenMs.p50, 1000);
    within(window.firstTokenMs.p95, 1900);
    within(window.queueMs.p50, 250);
    within(window.queueMs.p95, 475);
    within(window.tokensPerSecond.p50, 10);
    expect(totals).toMatchObject({ chats: 20, answered: 20 });
    clock.advance(300_000);
    expect(aiwatch.summary()).toMatchObject({ window: { chats: 0, firstTokenMs: {} }, totals: { chats: 20 } });
    expect(aiwatch.summary().window).not.toHaveProperty("errorRate");
  });

  it("has the first wait of a chat with several inferences", () => {
    const { aiwatch, clock } = setUp();
    const request: RequestScope = { requestId: "r", chat: false, closed: false };
    for (const ms of [100, 10_000]) {
      const inference = requestScopes().run(request, () => aiwatch.startInference({ model: "tiny" }));
      clock.advance(ms);
      inference.evaluationBegun();
      inference.token();
      inference.end({ unified: "stop" });
    }
    closeRequest(request);
    const { window } = aiwatch.summary();
    expect(window).toMatchObject({ chats: 1, firstTokenMs: { p50: 100, p95: 100 }, queueMs: { p50: 100, p95: 100 } });
  });

  it("counts a refused and a failed chat of four as half of them", () => {
    const { aiwatch, chat } = setUp();
    chat(10);
    chat(10);
    aiwatch.startInference({ model: "tiny" }).fail(new Error("x"));
    aiwatch.startInference({ model: "tiny" }).fail(new Error("x"));
    expect(aiwatch.summary().window).toMatchObject({ chats: 4, answered: 2, failed: 2, errorRate: 0.5 });
  });

  it("has a series of steps that are over, in which each token is in the step that it came in", () => {
    const { aiwatch, clock } = setUp();
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(4999);
    inference.token();
    clock.advance(1);
    inference.token(9);
    const other = aiwatch.startInference({ model: "tiny", operation: "embeddings" });
    clock.advance(10_000);
    inference.end({ unified: "stop" }, { outputTokens: 25 });
    other.end({ unified: "stop" });
    clock.advance(5000);
    const { series } = aiwatch.summary();
    expect(series.tokensPerSecond).toEqual([1 / 5, 9 / 5, 0, 15 / 5]);
    expect(series.firstTokenP95Ms).toEqual([4999, null, null, null]);
  });

  it("has each token in the step that it came in, whoever asks when, and whenever its inference ends", () => {
    const step = fc.record({
      waitMs: fc.constantFrom(0, 1, 700, 4999, 5000, 12_000),
      inference: fc.nat({ max: 2 }),
      does: fc.constantFrom("token", "tokens", "read", "end", "other"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40, size: "max" }), (steps) => {
        const { aiwatch, clock } = setUp();
        const began = clock.now();
        const sliceNow = () => Math.floor((clock.now() - began) / 5000);
        const begin = (): InferenceHandle => aiwatch.startInference({ model: "tiny" });
        const inferences = [begin(), begin(), begin()];
        const counted = new Map<number, number>();
        const answer = (index: number, tokens: number) => {
          inferences[index]?.token(tokens);
          counted.set(sliceNow(), (counted.get(sliceNow()) ?? 0) + tokens);
        };
        const acts = {
          token: (index: number) => answer(index, 1),
          tokens: (index: number) => answer(index, 7),
          read: () => aiwatch.summary(),
          other: () => aiwatch.startInference({ model: "other" }).abort(),
          end(index: number) {
            inferences[index]?.end({ unified: "stop" });
            inferences[index] = begin();
          },
        };
        for (const { waitMs, inference, does } of steps) {
          clock.advance(waitMs);
          acts[does](inference);
        }
        const expected = Array.from({ length: sliceNow() }, (_, slice) => (counted.get(slice) ?? 0) / 5).slice(-59);
        expect(aiwatch.summary().series.tokensPerSecond).toEqual(expected);
        expect(aiwatch.summary().series.tokensPerSecond).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("has the most that waited at once in each step, those that waited on included", () => {
    const { aiwatch, clock } = setUp();
    const [one, two] = [aiwatch.startInference({ model: "tiny" }), aiwatch.startInference({ model: "tiny" })];
    one.abort();
    clock.advance(12_000);
    expect(aiwatch.summary().now).toMatchObject({ chats: 1, queued: 1, idleSeconds: 0 });
    two.evaluationBegun();
    clock.advance(10_000);
    expect(aiwatch.summary().series.queued).toEqual([2, 1, 1, 0]);
    expect(aiwatch.summary().now).toMatchObject({ chats: 1, active: 1, queued: 0 });
    two.abort();
    clock.advance(7000);
    expect(aiwatch.summary().now).toMatchObject({ chats: 0, idleSeconds: 7 });
  });

  it("says what runs decodes now, and nothing while nothing does", () => {
    const { aiwatch, clock, chat } = setUp();
    chat(10);
    expect(aiwatch.summary().now).not.toHaveProperty("tokensPerSecond");
    for (const gapMs of [100, 50]) {
      const inference = aiwatch.startInference({ model: `m${gapMs}` });
      inference.token();
      clock.advance(gapMs);
      inference.token();
    }
    expect(aiwatch.summary().now.tokensPerSecond).toBeCloseTo(10 + 20);
  });
});
