import { describe, expect, it, test } from "vitest";
import { objectivesOf, verdictOf } from "./objectives.ts";
import { faultOf, type PanelData } from "./panel-data.ts";
import { standingOf } from "./standing.ts";
import { empty, idle, live, slow, starting, withoutChats } from "./test-support/samples.ts";

const of = (
  data: PanelData | undefined,
  more: { ageMs?: number; trouble?: string; isAnswered?: boolean; isUnset?: boolean } = {},
) => standingOf({ data, ageMs: 0, staleAfterMs: 10_000, ...more });

test.each([
  ["nothing came yet", of(undefined), "loading", "connecting"],
  ["the model loads", of(starting), "loading", "loading"],
  ["nobody asked yet", of(empty), "empty", "ready"],
  ["chats go on", of(live), "live", "live"],
  ["a summary without a state", of({ ...live, state: undefined } as unknown as PanelData), "live", "live"],
  [
    "chats ended a moment ago",
    of({ ...idle, window: live.window, slo: undefined } as unknown as PanelData),
    "live",
    "live",
  ],
  ["nothing in five minutes", of(idle), "idle", "idle for 21 min"],
  ["the objective is not held", of(slow), "slow", "slow"],
  ["10 s passed", of(live, { ageMs: 10_000 }), "live", "live"],
  ["more than 10 s passed", of(live, { ageMs: 10_001 }), "stale", "10 s old"],
  ["old figures of a slow server", of(slow, { ageMs: 42_000 }), "stale", "42 s old"],
  ["it cannot be reached", of(live, { trouble: "x", ageMs: 24_000 }), "failing", "out of reach for 24 s"],
  ["it was never reached", of(undefined, { trouble: "x" }), "failing", "out of reach"],
  ["it refuses", of(live, { trouble: "x", isAnswered: true, ageMs: 24_000 }), "failing", "no figures for 24 s"],
  ["it always refused", of(undefined, { trouble: "x", isAnswered: true }), "failing", "no figures"],
  ["there is nothing to ask", of(undefined, { isUnset: true }), "loading", "not set up"],
  ["the page has the figures itself", of(live, { isUnset: true }), "live", "live"],
  ["a critical check fails", of({ ...slow, state: "failing" }), "failing", "not ready"],
  ["it stops", of({ ...live, state: "draining" }), "failing", "stopping"],
  ["a check fails", of({ ...live, state: "degraded" }), "degraded", "degraded"],
])("%s", (_name, { state, words }, expected, expectedWords) => {
  expect([state, words]).toEqual([expected, expectedWords]);
});

it("has old figures only where they are old", () => {
  expect(
    [of(live), of(live, { ageMs: 11_000 }), of(live, { trouble: "x" }), of(undefined, { trouble: "x" })].map(
      ({ isOld }) => isOld,
    ),
  ).toEqual([false, true, true, false]);
});

describe("slow", () => {
  it("says what, by how much, and that the line alone takes longer", () => {
    expect(of(slow).note).toEqual({
      strong: "Slow: first token",
      text: ": 95 % in 3.90 s, its objective is 95 % in 500 ms. The line alone takes longer: 95 % waited up to 3.30 s for the engine; 8 in line now.",
      isBad: false,
    });
  });

  it("says that the line is not the reason, where it is not", () => {
    const quick = { ...slow, window: { ...slow.window, queueMs: { p95: 20 } } };
    expect(of(quick).note?.text).toContain("95 % waited up to 20 ms for the engine: the line alone is not the reason.");
  });

  it("says nothing of a wait that no engine told of", () => {
    expect(of({ ...slow, window: { ...slow.window, queueMs: {} } }).note?.text).toBe(
      ": 95 % in 3.90 s, its objective is 95 % in 500 ms.",
    );
  });
});

describe("a verdict", () => {
  test.each([
    [0.95, { p50: 100, p95: 400 }, "held"],
    [0.95, { p50: 100, p95: 600 }, "over"],
    [0.9, { p50: 100, p95: 400 }, "held"],
    [0.9, { p50: 100, p95: 600 }, undefined],
    [0.9, { p50: 501, p95: 600 }, "over"],
    [0.99, { p50: 100, p95: 400 }, undefined],
    [0.99, { p50: 100, p95: 600 }, "over"],
    [0.5, { p50: 500, p95: 600 }, "held"],
    [0.3, { p50: 501, p95: 600 }, undefined],
    [0.95, {}, undefined],
  ])("of a target of %s and %o within 500 ms is what they prove: %s", (target, quantiles, verdict) => {
    expect(verdictOf(500, target, quantiles)).toBe(verdict);
  });
});

describe("objectives", () => {
  it("have a verdict only where the summary has a figure for them", () => {
    expect(objectivesOf(slow).map(({ name, goal, measured, verdict }) => [name, goal, measured, verdict])).toEqual([
      ["first token", "95 % in 500 ms", "95 % in 3.90 s", "over"],
      ["engine’s first token", "95 % in 250 ms", undefined, undefined],
      ["each further token", "95 % in 40 ms", "median 47.2 tokens/s", undefined],
      ["whole answer of the model", "95 % in 20.0 s", undefined, undefined],
    ]);
  });

  it("are over where half of the answers are slower than the limit's rate", () => {
    const data = { ...live, slo: { timePerOutputTokenMs: 20, target: 0.95 } };
    expect(objectivesOf(data)[0]?.verdict).toBe("over");
    expect(of(data).note).toMatchObject({ strong: "Slow: each further token" });
  });

  it("are none where none is set", () => {
    expect(objectivesOf({ ...live, slo: undefined } as unknown as PanelData)).toEqual([]);
  });
});

test.each([
  ["a summary", live, undefined],
  ["one without chats", withoutChats, undefined],
  ["a summary of an older server, without the nested part", { totalRequests: 1 }, "the answer is no summary"],
  ["a higher schema, whose fields mean something else", { ...live, schema: 3 }, "schema 3 is not known to this panel"],
  ["a text", "ok", "the answer is no summary"],
  ["null", null, "the answer is no summary"],
  ["a window without its quantiles", { ...live, window: { chats: 1 } }, "the answer is no summary"],
])("%s has the fault that it has", (_name, value, fault) => {
  expect(faultOf(value)).toBe(fault);
});
