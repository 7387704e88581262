import { describe, expect, it } from "vitest";
import { catalogue } from "../catalogue/index.ts";
import { TokenClock } from "./token-clock.ts";

const { bounds } = catalogue.interTokenLatency;

/** A first token at 0, then one after each of the gaps. */
function afterGaps(...gapsMs: number[]): TokenClock {
  const clock = new TokenClock();
  let now = 0;
  clock.came(now, 1);
  for (const gap of gapsMs) {
    now += gap;
    clock.came(now, 1);
  }
  return clock;
}

/** The bucket, by its upper bound, that one gap falls into. */
function bucketOf(gapMs: number): number | undefined {
  const filled = afterGaps(gapMs).gaps()!.buckets.indexOf(1);
  return filled === bounds.length ? Number.POSITIVE_INFINITY : bounds[filled];
}

describe("the token clock", () => {
  it("keeps the first and the last token, and how many there were", () => {
    expect(afterGaps(10, 20)).toMatchObject({ count: 3, firstAt: 0, lastAt: 30 });
  });

  it("knows each gap between two tokens", () => {
    const gaps = afterGaps(10, 20, 30).gaps()!;
    expect(gaps).toMatchObject({ count: 3, sumMs: 60, maxMs: 30 });
    expect(gaps.buckets.reduce((sum, count) => sum + count)).toBe(3);
  });

  it("knows no gap under two tokens", () => {
    expect(new TokenClock().gaps()).toBe(undefined);
    expect(afterGaps().gaps()).toBe(undefined);
  });

  it("leaves out what the consumer did before it asked", () => {
    const clock = afterGaps();
    clock.asked(500);
    clock.came(507, 1);
    expect(clock.gaps()).toMatchObject({ count: 1, sumMs: 7 });
  });

  it("takes the asking before the first token for no gap, nor for the second token's", () => {
    const clock = new TokenClock();
    clock.asked(0);
    clock.came(100, 1);
    expect(clock.gaps()).toBe(undefined);
    clock.came(103, 1);
    expect(clock.gaps()).toMatchObject({ count: 1, sumMs: 3 });
  });

  it("counts tokens that come together, and guesses no gap for them", () => {
    const clock = afterGaps();
    clock.came(30, 3);
    expect(clock.gaps()).toBe(undefined);
    clock.came(40, 1);
    expect(clock).toMatchObject({ count: 5, lastAt: 40 });
    expect(clock.gaps()).toMatchObject({ count: 1, sumMs: 10 });
  });

  it("measures no gap from a first token that was told without being counted", () => {
    const clock = new TokenClock();
    clock.firstAt = 5;
    clock.came(30, 1);
    expect(clock.gaps()).toBe(undefined);
  });

  it.each(bounds)(
    "puts a gap of exactly %s s into that bound's own bucket, and a longer one into the next",
    (bound) => {
      const next = bounds[bounds.indexOf(bound) + 1] ?? Number.POSITIVE_INFINITY;
      expect(bucketOf(bound * 1000)).toBe(bound);
      expect(bucketOf(bound * 1000 + 0.0001)).toBe(next);
    },
  );

  it("hands over what nobody can change", () => {
    const gaps = afterGaps(10).gaps()!;
    expect(Object.isFrozen(gaps) && Object.isFrozen(gaps.buckets)).toBe(true);
  });
});
