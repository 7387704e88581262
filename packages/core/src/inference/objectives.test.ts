import { afterEach, describe, expect, it, vi } from "vitest";
import type { UnifiedFinishReason } from "../catalogue/values.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { withHelper } from "./helper.ts";
import { judge, type Objectives, readObjectives } from "./objectives.ts";
import { arriveAt } from "./test-support/in-request.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the objectives", () => {
  it("are none where nothing is said", () => {
    expect(readObjectives({}, {})).toBe(undefined);
    expect(readObjectives(undefined, { AIWATCH_SLO_LATENCY_MS: " " })).toBe(undefined);
  });

  it("come from the environment, and an option beats its variable", () => {
    const environment = {
      AIWATCH_SLO_FIRST_TOKEN_MS: "500",
      AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS: "0.5",
      AIWATCH_SLO_LATENCY_MS: "30000",
    };
    expect(readObjectives({ firstTokenMs: 200 }, environment)).toEqual({
      firstTokenMs: 200,
      timePerOutputTokenMs: 0.5,
      latencyMs: 30_000,
      target: 0.95,
    });
    const reader = { AIWATCH_SLO_REQUEST_FIRST_TOKEN_MS: "2000", AIWATCH_SLO_TARGET: "0.99" };
    expect(readObjectives({}, reader)).toEqual({ requestFirstTokenMs: 2000, target: 0.99 });
    expect(readObjectives({ requestFirstTokenMs: 5000, target: 1 }, reader)).toEqual({
      requestFirstTokenMs: 5000,
      target: 1,
    });
  });

  it("are none where there is a target alone", () => {
    expect(readObjectives({ target: 0.9 }, {})).toBe(undefined);
  });

  it("have a target that is a ratio", () => {
    for (const target of [0, -0.5, 1.01, 95, Number.NaN, "0.9" as never]) {
      expect(() => readObjectives({ target }, {})).toThrowError(
        expect.objectContaining({
          code: "AIWATCH_INVALID_SETTING",
          message: `the option slo.target is ${JSON.stringify(target) === "null" ? "NaN" : JSON.stringify(target)}, expected a ratio above 0, at most 1`,
        }),
      );
    }
  });

  it("can be read off the instance, and are shown as metrics, those that are set", async () => {
    const { aiwatch, sample } = createTestAiwatch({ slo: { requestFirstTokenMs: 2000, timePerOutputTokenMs: 100 } });
    expect(aiwatch.objectives).toEqual({ requestFirstTokenMs: 2000, timePerOutputTokenMs: 100, target: 0.95 });
    const shown = (objective: string) => sample("genai_app_slo_objective_seconds", { objective });
    expect(await shown("request_first_token")).toBe(2);
    expect(await shown("tpot")).toBe(0.1);
    expect([await shown("ttft"), await shown("latency")]).toEqual([undefined, undefined]);
    expect(createTestAiwatch().aiwatch.objectives).toBe(undefined);
  });

  it.each([
    ["requestFirstTokenMs", "AIWATCH_SLO_REQUEST_FIRST_TOKEN_MS"],
    ["firstTokenMs", "AIWATCH_SLO_FIRST_TOKEN_MS"],
    ["timePerOutputTokenMs", "AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS"],
    ["latencyMs", "AIWATCH_SLO_LATENCY_MS"],
  ])("name %s and its variable where they hold no time", (name, variable) => {
    for (const text of ["soon", "0", "-5", "Infinity", "NaN"]) {
      expect(() => readObjectives({}, { [variable]: text })).toThrowError(
        expect.objectContaining({
          code: "AIWATCH_INVALID_SETTING",
          message: `${variable} is ${JSON.stringify(text)}, expected milliseconds above 0`,
        }),
      );
    }
    for (const option of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "200" as never, null as never]) {
      expect(() => readObjectives({ [name]: option }, {})).toThrowError(
        expect.objectContaining({
          code: "AIWATCH_INVALID_SETTING",
          message: expect.stringContaining(`the option slo.${name} is`),
        }),
      );
    }
  });

  it("fail where the instance is made, by the process's own environment", () => {
    vi.stubEnv("AIWATCH_SLO_LATENCY_MS", "fast");
    expect(() => createTestAiwatch()).toThrowError('AIWATCH_SLO_LATENCY_MS is "fast"');
  });
});

const all: Objectives = { firstTokenMs: 100, timePerOutputTokenMs: 10, latencyMs: 1000 };
const held = { firstTokenMs: 100, timePerOutputTokenMs: 10, durationMs: 1000 };

const judged = (
  unified: UnifiedFinishReason,
  times: Partial<typeof held> & { outputTokens?: number },
  operation = "chat",
) => judge(all, { operation: operation as "chat", finishReason: { unified }, ...times });

describe("an inference", () => {
  it.each(["stop", "length", "tool_calls"] as const)("that ended by %s is good where it held them all", (reason) => {
    expect(judged(reason, held)).toBe("good");
    expect(judged(reason, { ...held, firstTokenMs: 101 })).toBe("bad");
    expect(judged(reason, { ...held, timePerOutputTokenMs: 10.1 })).toBe("bad");
    expect(judged(reason, { ...held, durationMs: 1001 })).toBe("bad");
  });

  it("that failed is bad, however fast it did", () => {
    expect(judged("error", { durationMs: 1 })).toBe("bad");
  });

  it("that was aborted is bad where it had missed one by then, and else nothing", () => {
    expect(judged("aborted", { durationMs: 1 })).toBe(undefined);
    expect(judged("aborted", held)).toBe(undefined);
    expect(judged("aborted", { ...held, firstTokenMs: 101 })).toBe("bad");
    expect(judged("aborted", { durationMs: 101 })).toBe("bad");
    expect(judged("aborted", { firstTokenMs: 50, durationMs: 101 })).toBe(undefined);
  });

  it("is judged by what it has: an embedding has no tokens to wait for", () => {
    expect(judged("stop", { durationMs: 500 }, "embeddings")).toBe("good");
    expect(judged("stop", { durationMs: 1001 }, "embeddings")).toBe("bad");
    expect(judged("aborted", { durationMs: 500 }, "rerank")).toBe(undefined);
    expect(judged("stop", { durationMs: 500, outputTokens: 0 })).toBe("good");
  });

  it("is judged by no objective that was left out", () => {
    const record = { operation: "chat", finishReason: { unified: "stop" }, ...held, durationMs: 1e9 } as const;
    expect(judge({ firstTokenMs: 100 }, record)).toBe("good");
  });
});

describe("an inference with a reader's wait", () => {
  const slo = { requestFirstTokenMs: 1000 };
  const chat = { operation: "chat", durationMs: 9e9 } as const;
  const stopped = { ...chat, finishReason: { unified: "stop" } } as const;
  const aborted = { ...chat, finishReason: { unified: "aborted" } } as const;
  const failed = { ...chat, finishReason: { unified: "error" } } as const;

  it.each([
    ["good, where the token came in time", stopped, { ms: 1000, until: "token" }, "good"],
    ["bad, where it came late", stopped, { ms: 1000.1, until: "token" }, "bad"],
    ["bad, where it came late and the reader stopped the answer", aborted, { ms: 1001, until: "token" }, "bad"],
    [
      "not judged, where it came in time and the reader stopped the answer",
      aborted,
      { ms: 1, until: "token" },
      undefined,
    ],
    ["not judged, where nobody knows when it came", stopped, { ms: undefined, until: "token" }, undefined],
    ["bad, where the call was aborted later than that, without a token", aborted, { ms: 1001, until: "end" }, "bad"],
    ["not judged, where the call was aborted before, without a token", aborted, { ms: 1000, until: "end" }, undefined],
    ["good, where all of it came in time, in one piece", stopped, { ms: 1000, until: "end" }, "good"],
    ["not judged, where all of it came late, in one piece", stopped, { ms: 1001, until: "end" }, undefined],
    ["good, where it has no tokens", { ...stopped, outputTokens: 0 }, { ms: 1001, until: "end" }, "good"],
    ["bad, where the reader left later than that", aborted, { ms: 1001, until: "close" }, "bad"],
    ["not judged, where the reader left before, and it was aborted", aborted, { ms: 1000, until: "close" }, undefined],
    ["good, where the reader left before, and nobody waits any more", stopped, { ms: 1000, until: "close" }, "good"],
    ["bad, where it failed, however fast", failed, { ms: 1, until: "token" }, "bad"],
    ["good, where another one's token ended the wait, or none is known", stopped, undefined, "good"],
  ] as const)("is %s", (_, record, wait, outcome) => {
    expect(judge(slo, record, wait)).toBe(outcome);
  });
});

describe("goodput", () => {
  const outcomes = "genai_app_slo_inferences_total";

  it("begins at 0 with the first inference, and counts good and bad", async () => {
    const clock = fakeClock();
    const { aiwatch, inferences, sample } = createTestAiwatch({ clock, slo: { latencyMs: 100 } });
    const countOf = (outcome: string) => sample(outcomes, { model: "tiny", outcome });
    const inference = aiwatch.startInference({ model: "tiny" });
    expect([await countOf("good"), await countOf("bad")]).toEqual([0, 0]);
    clock.advance(101);
    inference.end({ unified: "stop" });
    aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
    aiwatch.startInference({ model: "tiny" }).abort();
    expect([await countOf("good"), await countOf("bad")]).toEqual([1, 1]);
    expect(inferences.map(({ slo }) => slo)).toEqual(["bad", "good", undefined]);
    expect(inferences[2]).not.toHaveProperty("slo");
  });

  it("is absent where no objective is configured", async () => {
    const { aiwatch, inferences, registry } = createTestAiwatch();
    aiwatch.startInference({ model: "tiny" }).fail(new Error("no"));
    expect((await registry.getSingleMetric(outcomes)!.get()).values).toEqual([]);
    expect(inferences[0]).not.toHaveProperty("slo");
  });

  it("goes by the arrival of the request, where one is known", async () => {
    const clock = fakeClock();
    const test = createTestAiwatch({ clock, slo: { requestFirstTokenMs: 100, firstTokenMs: 50 } });
    const { aiwatch, inferences } = test;
    const begin = () => aiwatch.startInference({ model: "tiny" });
    const answer = (inference = begin()) => {
      clock.advance(50);
      inference.token();
      inference.end({ unified: "stop" });
    };
    const request = (beforeMs: number, action: () => void, isClosed = false) => {
      const { run, close } = arriveAt(aiwatch);
      clock.advance(beforeMs);
      run(() => {
        const held = isClosed ? begin() : undefined;
        if (isClosed) close();
        if (held === undefined) action();
        else {
          clock.advance(500);
          held.abort();
        }
      });
    };
    answer();
    request(50, answer);
    request(51, answer);
    request(51, () => {
      answer();
      answer();
      withHelper(answer);
    });
    request(80, () => {
      const inference = begin();
      clock.advance(21);
      inference.abort();
    });
    // the reader left in time: what is aborted long after says nothing of the reader's wait, and all of the engine's
    request(80, () => {}, true);
    expect(inferences.map(({ slo }) => slo)).toEqual(["good", "good", "bad", "bad", "good", "good", "bad", "bad"]);
  });

  describe("of a reader who left", () => {
    /** @returns how an inference is judged that is aborted long after the reader left */
    function judgedAfter(leaves: (stage: ReturnType<typeof stand>) => void) {
      const stage = stand();
      leaves(stage);
      return stage.inferences.map(({ slo }) => slo);
    }

    function stand() {
      const clock = fakeClock();
      const { aiwatch, inferences } = createTestAiwatch({ clock, slo: { requestFirstTokenMs: 100 } });
      const begin = () => aiwatch.startInference({ model: "tiny" });
      return { aiwatch, clock, inferences, begin };
    }

    it.each([
      ["in time leaves it open", 100, undefined],
      ["too late is bad", 101, "bad"],
    ])("%s", (_, leftAfterMs, slo) => {
      const judged = judgedAfter(({ aiwatch, clock, begin }) => {
        const { run, close } = arriveAt(aiwatch);
        const inference = run(begin);
        clock.advance(leftAfterMs);
        close();
        clock.advance(5000);
        inference.abort();
      });
      expect(judged).toEqual([slo]);
    });

    it("leaves open what began after that", () => {
      const judged = judgedAfter(({ aiwatch, clock, begin }) => {
        const { run, close } = arriveAt(aiwatch);
        close();
        clock.advance(5000);
        run(begin).abort();
      });
      expect(judged).toEqual([undefined]);
    });

    it("leaves it open where the request arrived by another clock", () => {
      const judged = judgedAfter(({ clock, begin }) => {
        const { run } = arriveAt(createTestAiwatch({ clock: fakeClock() }).aiwatch);
        clock.advance(5000);
        run(begin).abort();
      });
      expect(judged).toEqual([undefined]);
    });
  });
});
