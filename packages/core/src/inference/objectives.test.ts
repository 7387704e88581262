import { afterEach, describe, expect, it, vi } from "vitest";
import type { UnifiedFinishReason } from "../catalogue/values.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { judge, type Objectives, readObjectives } from "./objectives.ts";

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
    });
  });

  it.each([
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
});
