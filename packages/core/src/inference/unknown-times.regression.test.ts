import { describe, expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { judge, type Objectives } from "./objectives.ts";

/** What a clock that goes back leaves: tokens, and no time of theirs. */
function backwards(objectives: Objectives) {
  let now = 1e6;
  const clock = {
    now: () => {
      now -= 10;
      return now;
    },
  };
  return createTestAiwatch({ clock, slo: objectives });
}

describe("an inference whose tokens came at times that nobody knows", () => {
  it.each<[string, Objectives]>([
    ["the first token", { firstTokenMs: 1 }],
    ["the tokens after it", { timePerOutputTokenMs: 1 }],
    ["the whole", { latencyMs: 1 }],
    ["all of them", { firstTokenMs: 1, timePerOutputTokenMs: 1, latencyMs: 1 }],
  ])("is neither good nor bad by an objective for %s", async (_what, objectives) => {
    const { aiwatch, inferences, sample } = backwards(objectives);
    const inference = aiwatch.startInference({ model: "m" });
    for (let token = 0; token < 3; token += 1) inference.token();
    inference.end({ unified: "stop" });
    expect(inferences[0]).toMatchObject({ outputTokens: 3 });
    expect(inferences[0]).not.toHaveProperty("slo");
    const name = "genai_app_slo_inferences_total";
    expect([
      await sample(name, { model: "m", outcome: "good" }),
      await sample(name, { model: "m", outcome: "bad" }),
    ]).toEqual([0, 0]);
  });

  it("is bad where it failed all the same", () => {
    const { aiwatch, inferences } = backwards({ firstTokenMs: 1 });
    aiwatch.startInference({ model: "m" }).fail(new Error("x"));
    expect(inferences).toMatchObject([{ slo: "bad" }]);
  });
});

describe("an answer in one piece, of which only the whole was timed", () => {
  const whole = (objectives: Objectives, durationMs: number, outputTokens?: number) => {
    const tokens = outputTokens !== undefined && { outputTokens };
    return judge(objectives, { operation: "chat", finishReason: { unified: "stop" }, durationMs, ...tokens });
  };

  it("held its first token where it came in that time altogether", () => {
    expect(whole({ firstTokenMs: 100 }, 100, 5)).toBe("good");
    expect(whole({ firstTokenMs: 100 }, 101, 5)).toBe(undefined);
    expect(whole({ firstTokenMs: 100 }, 100)).toBe("good");
    expect(whole({ firstTokenMs: 100 }, 101)).toBe(undefined);
    expect(whole({ firstTokenMs: 100 }, 101, 0)).toBe("good");
  });

  it("held the time of each token where all of it was for the others", () => {
    expect(whole({ timePerOutputTokenMs: 10 }, 40, 5)).toBe("good");
    expect(whole({ timePerOutputTokenMs: 10 }, 41, 5)).toBe(undefined);
    expect(whole({ timePerOutputTokenMs: 10 }, 5000, 1)).toBe("good");
    expect(whole({ timePerOutputTokenMs: 10 }, 10)).toBe("good");
    expect(whole({ timePerOutputTokenMs: 10 }, 11)).toBe(undefined);
  });
});
