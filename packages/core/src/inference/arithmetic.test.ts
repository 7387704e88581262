import { describe, expect, it } from "vitest";
import { decodeRate, durationsOf, timePerOutputToken } from "./arithmetic.ts";

describe("the durations", () => {
  it("are the differences of the moments that are known", () => {
    const moments = { issued: 10, evaluationBegun: 15, firstToken: 40, lastToken: 100, ended: 110 };
    expect(durationsOf(moments)).toEqual({
      durationMs: 100,
      queueMs: 5,
      promptEvalMs: 25,
      firstTokenMs: 30,
      decodeMs: 60,
    });
  });

  it("have nothing of a moment that is unknown", () => {
    expect(durationsOf({ issued: 10, ended: 110 })).toEqual({ durationMs: 100 });
    expect(durationsOf({ issued: 10, firstToken: 40, ended: 110 })).toEqual({ durationMs: 100, firstTokenMs: 30 });
  });

  it("are unknown, not negative, where moments were told in the wrong order", () => {
    expect(durationsOf({ issued: 10, evaluationBegun: 50, firstToken: 40, ended: 110 })).toEqual({
      durationMs: 100,
      queueMs: 40,
      firstTokenMs: 30,
    });
  });
});

describe("the decode rate", () => {
  it.each([
    [5, 80, 50],
    [2, 1000, 1],
    [1, 80, undefined],
    [0, undefined, undefined],
    [5, 0, undefined],
    [5, undefined, undefined],
  ])("of %s tokens in %s ms is %s", (tokens, decodeMs, rate) => {
    expect(decodeRate(tokens, decodeMs)).toBe(rate);
  });
});

describe("the time per output token", () => {
  it.each([
    [5, { durationMs: 190, firstTokenMs: 100 }, 22.5],
    [2, { durationMs: 190, firstTokenMs: 190 }, 0],
    [1, { durationMs: 190, firstTokenMs: 100 }, undefined],
    [0, { durationMs: 190 }, undefined],
    [5, { durationMs: 190 }, undefined],
  ])("of %s tokens in %o is %s", (tokens, durations, time) => {
    expect(timePerOutputToken(tokens, durations)).toBe(time);
  });
});
