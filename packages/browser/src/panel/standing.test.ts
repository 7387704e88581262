import { describe, expect, it, test } from "vitest";
import { objectivesOf, verdictOf } from "./objectives.ts";
import { faultOf, type PanelData } from "./panel-data.ts";
import { standingOf } from "./standing.ts";
import { empty, idle, live, slow, starting, withoutChats } from "./test-support/samples.ts";

const of = (data: PanelData | undefined, more: { ageMs?: number; trouble?: string } = {}) =>
  standingOf({ data, ageMs: 0, staleAfterMs: 10_000, ...more });

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
  ["it cannot be reached", of(live, { trouble: "it answers 502", ageMs: 24_000 }), "failing", "out of reach for 24 s"],
  ["it was never reached", of(undefined, { trouble: "it answers 502" }), "failing", "out of reach"],
  ["a critical check fails", of({ ...slow, state: "failing" }), "failing", "not ready"],
  ["it stops", of({ ...live, state: "draining" }), "failing", "shutting down"],
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

describe("an objective that is missed", () => {
  const reasonOf = (data: PanelData) => objectivesOf(data).map(({ reason }) => reason);
  const waited = (p95: number | undefined) => ({ ...slow, window: { ...slow.window, queueMs: { p95 } } }) as PanelData;

  it("has no note, which would move what is read", () => {
    expect(of(slow)).toEqual({ state: "slow", words: "slow", isOld: false });
  });

  it("has as its reason that the wait alone is over it", () => {
    expect(reasonOf(slow)).toEqual([
      "The wait alone is over the goal: 95 of 100 wait up to 3.30 s in line; 8 now.",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("says that the wait is not the reason, where it is not", () => {
    expect(reasonOf(waited(20))[0]).toBe("The wait alone is not the reason: 95 of 100 wait up to 20 ms in line.");
  });

  it("says nothing of a wait that no engine told of, nor of one that is held", () => {
    expect(reasonOf(waited(undefined))[0]).toBeUndefined();
    expect(reasonOf(live)).toEqual([undefined]);
  });
});

describe("a server that is not ready yet", () => {
  it("loads its model, or has it already: never both", () => {
    const loaded = of({ ...starting, models: live.models });
    expect([of(starting).words, of(starting).note?.strong]).toEqual(["loading", "The model is being loaded."]);
    expect([loaded.words, loaded.note?.strong]).toEqual(["getting ready", "The model is loaded."]);
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
      ["first token", "95 of 100 within 500 ms", "3.90 s", "over"],
      ["engine’s first token", "95 of 100 within 250 ms", undefined, undefined],
      ["each further token", "95 of 100 within 40 ms", "median 21 ms", undefined],
      ["whole answer of the model", "95 of 100 within 20.0 s", undefined, undefined],
    ]);
  });

  it("say of how many a figure is, where the goal is for others", () => {
    const slo = { requestFirstTokenMs: 500, target: 0.995 };
    expect(objectivesOf({ ...live, slo }).map(({ goal, measured }) => [goal, measured])).toEqual([
      ["99.5 of 100 within 500 ms", "95 of 100 within 418 ms"],
    ]);
  });

  it("are over where half of the answers are slower than the limit's rate", () => {
    const data = { ...live, slo: { timePerOutputTokenMs: 20, target: 0.95 } };
    expect(objectivesOf(data)[0]?.verdict).toBe("over");
    expect(of(data).state).toBe("slow");
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
