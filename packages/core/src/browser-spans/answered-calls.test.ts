import { describe, expect, it } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { AnsweredCalls, callsKept, rememberedMs } from "./answered-calls.ts";

describe("answered calls", () => {
  it("are given out once, with when the server began", () => {
    const calls = new AnsweredCalls(fakeClock());
    calls.begin("a", 1000);
    calls.begin("a", 2000);
    expect([calls.take("a"), calls.take("a"), calls.take("b")]).toEqual([1000, undefined, undefined]);
  });

  it("are known while they go on, and ten minutes after their end", () => {
    const clock = fakeClock();
    const calls = new AnsweredCalls(clock);
    for (const call of ["a", "b", "c"]) calls.begin(call, 1);
    clock.advance(10 * rememberedMs);
    calls.end("a");
    calls.end("b");
    clock.advance(rememberedMs);
    expect(calls.take("a")).toBe(1);
    clock.advance(1);
    expect([calls.take("b"), calls.take("c")]).toEqual([undefined, 1]);
  });

  it("are bounded: those that were not heard of for longest are forgotten", () => {
    const calls = new AnsweredCalls(fakeClock());
    calls.begin("first", 1);
    for (let call = 0; call < 10 * callsKept; call += 1) {
      calls.begin(String(call), 1);
      if (call === 9 * callsKept) calls.begin("heard of again", 1);
    }
    calls.end("heard of again");
    for (let call = 0; call < callsKept - 1; call += 1) calls.begin(`more ${call}`, 1);
    expect(calls.size).toBeLessThan(2 * callsKept);
    expect([calls.take("first"), calls.take("0"), calls.take("heard of again")]).toEqual([undefined, undefined, 1]);
  });

  it("that ended after they were given out are not known again", () => {
    const calls = new AnsweredCalls(fakeClock());
    calls.begin("a", 1);
    calls.take("a");
    calls.end("a");
    expect(calls.take("a")).toBeUndefined();
  });
});
