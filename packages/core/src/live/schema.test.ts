import fc from "fast-check";
import { expect, it } from "vitest";
import { plays, Stage } from "../chats/test-support/plays.ts";
import type { ChatEntry, SummaryAnswer } from "../summary/schema.ts";
import { browserBundle } from "../test-support/browser-bundle.ts";
import { Moment } from "./moment.ts";
import { type LiveSummary, type LiveTick, withTick } from "./schema.ts";

it("the events are bundled for browsers, with nothing of Node and no other module of ours", async () => {
  const { imports, code } = await browserBundle(new URL("schema.ts", import.meta.url));
  expect(imports).toEqual([]);
  expect(code).toContain("withTick");
});

/** Those that ended at one moment are in no order. */
function inOrder({ summary, chats: { chats, ...list } }: LiveSummary) {
  const byEnd = (a: { endedMsAgo?: number; key: string }, b: typeof a) =>
    (a.endedMsAgo ?? -1) - (b.endedMsAgo ?? -1) || (a.endedMsAgo === undefined ? 0 : a.key.localeCompare(b.key));
  return { summary, list, chats: chats.toSorted(byEnd) };
}

const eventIn = (bytes: Uint8Array) =>
  JSON.parse(/^data: (.*)$/m.exec(Buffer.from(bytes).toString())?.[1] ?? "") as never;

const summaries = fc.record(
  { state: fc.constantFrom("ready", "failing"), tokenDebt: fc.constant({}), totalRequests: fc.nat(2) },
  { requiredKeys: ["state"] },
) as unknown as fc.Arbitrary<SummaryAnswer>;

it.each([true, false])(
  "a page that takes each tick shows what a whole summary would say (who may know: %s)",
  (isKnown) => {
    const turns = fc.array(fc.tuple(plays, summaries), { minLength: 2, maxLength: 6 });
    const follow = (all: readonly (readonly [Parameters<Stage["play"]>[0], SummaryAnswer])[]) => {
      const stage = new Stage();
      let shown: LiveSummary | undefined;
      let before: Moment | undefined;
      for (const [steps, summary] of all) {
        stage.play(steps);
        const moment = new Moment(stage.board.now(), { ...summary, now: {} as never }, stage.board.part());
        const whole: LiveSummary = eventIn(moment.view(isKnown).whole);
        const tick = before && moment.view(isKnown).tickSince(before.view(isKnown));
        shown = shown === undefined || tick === undefined ? whole : withTick(shown, eventIn(tick.bytes));
        expect(inOrder(shown)).toEqual(inOrder(whole));
        before = moment;
      }
    };
    fc.assert(fc.property(turns, follow), { numRuns: 200 });
  },
);

it("a tick names no chat that only goes on, and one whose place, phase or tokens changed", () => {
  const stage = new Stage();
  const line = () => stage.board.list().map(({ key }) => key);
  stage.play([
    { does: "enter", request: 0 },
    { does: "enter", request: 1 },
    { does: "wait", ms: 10 },
  ]);
  const momentNow = () => new Moment(stage.board.now(), { now: {} } as never, stage.board.part()).view(true);
  const [first, second] = line();
  const before = momentNow();
  stage.play([{ does: "wait", ms: 1000 }]);
  const waiting = momentNow();
  expect(eventIn(waiting.tickSince(before)!.bytes)).toEqual({
    elapsedMs: 1000,
    summary: {},
    chats: { underWay: 2, changed: [], gone: [] },
  });
  stage.play([
    { does: "leave", line: 0, outcome: "admitted" },
    { does: "close", request: 1, ending: undefined },
  ]);
  const after: { chats: { changed: { key: string }[] } } = eventIn(momentNow().tickSince(waiting)!.bytes);
  expect(after.chats.changed.map(({ key }) => key)).toEqual([first, second]);
});

it("the clock went back: nobody knows what time passed, and there is no tick", () => {
  const viewAt = (at: number) => new Moment(at, { now: {} } as never, { underWay: 0, chats: [] }).view(true);
  expect(viewAt(1000).tickSince(viewAt(1001))).toBe(undefined);
});

it("a tick names the chats that are in the list no longer, and a page forgets them", () => {
  const ended = (key: string, endedMsAgo: number) =>
    ({ key, outcome: "answered", endedMsAgo, ageMs: endedMsAgo + 1, ms: {} }) as unknown as ChatEntry;
  const viewAt = (at: number, ...chats: ChatEntry[]) =>
    new Moment(at, { now: {} } as never, { underWay: 0, chats }).view(true);
  const before = viewAt(0, ended("2", 10), ended("1", 20));
  const tick: LiveTick = eventIn(viewAt(5, ended("3", 1), ended("2", 15)).tickSince(before)!.bytes);
  expect(tick.chats).toEqual({ underWay: 0, changed: [ended("3", 1)], gone: ["1"] });
  expect(withTick(eventIn(before.whole), tick).chats.chats).toEqual([ended("3", 1), ended("2", 15)]);
});
