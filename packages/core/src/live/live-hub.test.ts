import { setImmediate as turn } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { AiwatchError } from "../base/errors.ts";
import { installSummarySource } from "../summary/summary-source.ts";
import { keep } from "../test-support/keep.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { patienceMs } from "./live-client.ts";
import { LiveHub, quietMs, tickMs } from "./live-hub.ts";
import type { LiveSummary, LiveTick } from "./schema.ts";
import { HeldReader } from "./test-support/held-reader.ts";

afterEach(() => installSummarySource(undefined));

function setUp(maxClients = 100) {
  const clock = fakeClock(1000);
  const { aiwatch, diagnostics } = createTestAiwatch({ clock });
  const host = hostOf(aiwatch);
  const timers = new Set<{ readonly action: () => void; readonly at: number }>();
  const hub = new LiveHub(host, maxClients, (action, ms) => {
    const timer = { action, at: clock.now() + ms };
    timers.add(timer);
    return () => void timers.delete(timer);
  });
  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      clock.advance(Math.min(left, 250));
      for (const timer of timers) {
        if (timer.at > clock.now()) continue;
        timers.delete(timer);
        timer.action();
      }
      await turn();
    }
  };
  const join = async (reader = new HeldReader(), isKnown = true) => {
    await hub.join(reader.req, reader.res, isKnown);
    return reader;
  };
  return { aiwatch, clock, diagnostics, host, hub, timers, advance, join };
}

/** What runs and listens for the streams. */
const left = ({ host, hub, timers }: ReturnType<typeof setUp>) => [
  hub.clients,
  timers.size,
  host.health.drainers.size,
  host.closers.size,
];

it("tells all at first, then each second while a chat goes on, then its end, and every 15 s while nothing does", async () => {
  const { aiwatch, advance, join } = setUp();
  const inference = aiwatch.startInference({ model: "tiny" });
  const reader = await join();
  expect(reader.reader.others).toEqual(["retry: 2000"]);
  expect(reader.reader.events).toMatchObject([
    {
      event: "summary",
      data: {
        summary: { schema: 2, state: "ready", now: { chats: 1 } },
        chats: { schema: 2, underWay: 1, chats: [{ phase: "queue", model: "tiny" }] },
      },
    },
  ]);
  await advance(2 * tickMs);
  inference.token();
  await advance(tickMs);
  const ticks = reader.reader.events.slice(1) as { event: string; data: LiveTick }[];
  expect(ticks.map(({ event, data }) => [event, data.elapsedMs, data.chats.changed.length])).toEqual([
    ["tick", tickMs, 0],
    ["tick", tickMs, 0],
    ["tick", tickMs, 1],
  ]);
  inference.end({ unified: "stop" });
  await advance(tickMs);
  expect(reader.reader.events.at(-1)?.data).toMatchObject({
    summary: { totals: { answered: 1 }, now: { chats: 0 } },
    chats: { underWay: 0, changed: [{ outcome: "answered" }], gone: [] },
  });
  // the window forgets it
  await advance(320_000);
  const { length } = reader.events;
  await advance(2 * quietMs);
  expect(reader.events.slice(length)).toEqual(["tick", "tick"]);
});

it("tells at once of what is no chat: another state, and an inference of no chat's", async () => {
  const { aiwatch, advance, join } = setUp();
  const reader = await join();
  await advance(3 * tickMs);
  expect(reader.events).toEqual(["summary"]);
  aiwatch.health.addCheck("store", () => false);
  await advance(5 * tickMs);
  await advance(2 * tickMs);
  const states = reader.reader.events.flatMap(({ data }) => ("elapsedMs" in data ? (data.summary.state ?? []) : []));
  expect(states).toEqual(["failing"]);
  aiwatch.startInference({ model: "tiny", operation: "embeddings" }).end({ unified: "stop" });
  const { length } = reader.events;
  await advance(tickMs);
  expect(reader.reader.events[length]?.data).toMatchObject({ summary: { inferences: { stop: 1 } } });
});

it("collects once a second and writes each event once, however many read", async () => {
  const { host, aiwatch, advance, join, clock } = setUp(101);
  const summary = vi.spyOn(host, "summary");
  keep(aiwatch.startInference({ model: "tiny" }));
  const readers = await Promise.all(Array.from({ length: 100 }, () => join()));
  for (let more = 0; more < 3; more += 1) {
    clock.advance(100);
    const late = await join();
    late.leave();
    await turn();
  }
  expect(summary).toHaveBeenCalledTimes(1);
  await advance(tickMs);
  expect(summary).toHaveBeenCalledTimes(2);
  for (const piece of [0, 1, 2]) expect(new Set(readers.map(({ pieces }) => pieces[piece])).size).toBe(1);
  expect(readers[0]?.events).toEqual(["summary", "tick"]);
});

it("collects once a second whoever comes and goes", async () => {
  const { host, join, clock } = setUp();
  const summary = vi.spyOn(host, "summary");
  for (let visits = 0; visits < 10; visits += 1) {
    const reader = await join();
    reader.leave();
    await turn();
    clock.advance(150);
  }
  expect(summary).toHaveBeenCalledTimes(2);
});

it("runs and listens for nothing when nobody reads", async () => {
  const test = setUp();
  const before = left(test);
  expect(before).toEqual([0, 0, 0, expect.any(Number)]);
  const readers = [await test.join(), await test.join()];
  expect(left(test)).toEqual([2, 1, 1, (before[3] as number) + 1]);
  for (const reader of readers) reader.leave();
  await turn();
  expect(left(test)).toEqual(before);
  // while it collects, one leaves and another comes
  const third = await test.join();
  await test.advance(tickMs - 250);
  third.leave();
  await test.join();
  await test.advance(10 * tickMs);
  expect(left(test)).toEqual([1, 1, 1, (before[3] as number) + 1]);
});

it("tells a reader of HEAD nothing, and one without a connection all of it once", async () => {
  const test = setUp();
  const head = await test.join(new HeldReader("HEAD"));
  const memory = new HeldReader();
  Reflect.set(memory.req, "socket", { remoteAddress: undefined });
  await test.join(memory);
  await turn();
  expect([head.pieces.length, head.res.writableEnded]).toEqual([0, true]);
  expect([memory.events, memory.res.writableEnded]).toEqual([["summary"], true]);
  expect(left(test).slice(0, 3)).toEqual([0, 0, 0]);
});

it("skips ticks for a slow reader, keeps one event for it at most, tells it all when it reads again, and cuts it in the end", async () => {
  const test = setUp();
  const { aiwatch, advance, join } = test;
  const [slow, quick] = [await join(), await join()];
  const inference = aiwatch.startInference({ model: "tiny" });
  slow.hold();
  await advance(10 * tickMs);
  const tickBytes = quick.pieces.at(-1)?.length as number;
  expect(slow.events).toEqual(["summary"]);
  expect(slow.waitingBytes).toBeLessThan(2 * tickBytes + 2000);
  inference.token();
  slow.release();
  await advance(2 * tickMs);
  expect(slow.events).toEqual(["summary", "tick", "summary", "tick"]);
  expect((slow.reader.events[2]!.data as LiveSummary).chats.chats).toMatchObject([
    { phase: "decode", outputTokens: 1 },
  ]);
  slow.hold();
  await advance(patienceMs + 3 * tickMs);
  expect([slow.res.destroyed, test.hub.clients]).toEqual([true, 1]);
  expect(new Set(quick.events.slice(1))).toEqual(new Set(["tick"]));
});

it("refuses one more than it may have, until one leaves", async () => {
  const { join } = setUp(2);
  const [first] = await Promise.all([join(), join()]);
  await expect(join()).rejects.toMatchObject({ status: 503, headers: { "retry-after": "10" } });
  first?.leave();
  await turn();
  expect((await join()).events).toEqual(["summary"]);
});

it.each([
  ["the app drains", (aiwatch: { startDraining(): void }) => aiwatch.startDraining(), ["summary", "tick"]],
  ["the instance is closed", (aiwatch: { close(): Promise<void> }) => void aiwatch.close(), ["summary"]],
] as const)("ends every stream at once when %s, and begins none then", async (_what, stop, events) => {
  const test = setUp();
  const closers = left(test)[3];
  const [reader, slow] = [await test.join(), await test.join()];
  slow.hold();
  slow.res.write("x");
  stop(test.aiwatch);
  await turn();
  expect([reader.events, reader.res.writableEnded, slow.res.destroyed]).toEqual([events, true, true]);
  if (events.length > 1) expect(reader.reader.events[1]?.data).toMatchObject({ summary: { state: "draining" } });
  expect(left(test).slice(0, 3)).toEqual([0, 0, 0]);
  expect(left(test)[3]).toBeLessThanOrEqual(closers as number);
  await expect(test.join()).rejects.toMatchObject({ status: 503 });
});

it("answers 503 to who comes while the app begins to drain", async () => {
  const { aiwatch, join } = setUp();
  const reader = new HeldReader();
  const joined = join(reader);
  aiwatch.startDraining();
  await expect(joined).rejects.toMatchObject({ status: 503 });
  expect(reader.pieces).toEqual([]);
});

it("does not wait for the app's checks but for the first one", async () => {
  const { aiwatch, advance, join } = setUp();
  let isUp = true;
  let answer = () => {};
  aiwatch.health.addCheck("slow", () => isUp || new Promise<boolean>((resolve) => (answer = () => resolve(false))));
  const reader = await join();
  keep(aiwatch.startInference({ model: "tiny" }));
  isUp = false;
  await advance(7 * tickMs);
  expect(reader.events).toEqual(["summary", ...Array(7).fill("tick")]);
  answer();
  await advance(2 * tickMs);
  expect(reader.reader.live?.summary.state).toBe("failing");
});

/** A cluster that answers, does not, or has not answered yet. */
function clusterOf({ host }: ReturnType<typeof setUp>) {
  const state = { is: "there" as "there" | "silent" | "slow", answer: () => {} };
  const answered = async <Part>(part: () => Part): Promise<Part> => {
    if (state.is === "silent") throw new AiwatchError("AIWATCH_CLUSTER_TIMEOUT", "no answer");
    if (state.is === "slow") await new Promise<void>((resolve) => Object.assign(state, { answer: resolve }));
    return part();
  };
  installSummarySource({
    registry: host.registry,
    gatherSummary: () => answered(() => host.summaryPart()),
    gatherChats: async () => host.chats.part(),
  });
  return state;
}

it("answers 503 where the cluster does not, and keeps streams open with a comment until it does", async () => {
  const test = setUp();
  const { advance, join, diagnostics } = test;
  const cluster = clusterOf(test);
  cluster.is = "silent";
  await expect(join()).rejects.toMatchObject({ status: 503 });
  expect(left(test).slice(0, 3)).toEqual([0, 0, 0]);
  cluster.is = "there";
  const reader = await join();
  cluster.is = "silent";
  await advance(quietMs + tickMs);
  expect([reader.events, reader.reader.others]).toEqual([["summary"], ["retry: 2000", ":"]]);
  // what is old is given to nobody
  await expect(join()).rejects.toMatchObject({ status: 503 });
  cluster.is = "there";
  await advance(quietMs);
  expect(reader.events.slice(0, 2)).toEqual(["summary", "tick"]);
  expect(diagnostics).toEqual([]);
});

it("begins anew where all readers leave and another comes while the cluster is asked", async () => {
  const test = setUp();
  const cluster = clusterOf(test);
  keep(test.aiwatch.startInference({ model: "tiny" }));
  const first = await test.join();
  cluster.is = "slow";
  await test.advance(tickMs);
  first.leave();
  await turn();
  const joined = test.join();
  await turn();
  cluster.is = "there";
  cluster.answer();
  const second = await joined;
  await turn();
  expect([second.events, test.timers.size]).toEqual([["summary"], 1]);
  await test.advance(tickMs);
  expect([second.events, test.timers.size]).toEqual([["summary", "tick"], 1]);
});

it("answers 503 to who waits for its first event while the streams are ended", async () => {
  const test = setUp();
  const cluster = clusterOf(test);
  const open = await test.join();
  cluster.is = "silent";
  await test.advance(tickMs);
  cluster.is = "slow";
  const late = new HeldReader();
  const joined = test.join(late);
  await turn();
  test.aiwatch.startDraining();
  expect([open.res.writableEnded, late.res.writableEnded]).toEqual([true, false]);
  cluster.answer();
  await expect(joined).rejects.toMatchObject({ status: 503 });
  expect(left(test).slice(0, 3)).toEqual([0, 0, 0]);
});

it("reports a response that throws, and ends with it alone", async () => {
  const test = setUp();
  const [broken, other] = [await test.join(), await test.join()];
  keep(test.aiwatch.startInference({ model: "tiny" }));
  broken.res.write = () => {
    throw new Error("wrapped");
  };
  await test.advance(tickMs);
  expect([broken.res.destroyed, other.events]).toEqual([true, ["summary", "tick"]]);
  expect(test.diagnostics).toMatchObject([{ source: "route", what: "writing to a live stream" }]);
});
