import { afterEach, beforeEach, expect, onTestFailed, test } from "vitest";
import type { OpenStream } from "../../../core/src/live/test-support/event-stream.ts";
import { CounterWatch, expectExact, until, workersThat } from "./test-support/expectations.ts";
import { type App, startApp } from "./test-support/start-app.ts";

let app: App;
beforeEach(async () => {
  app = await startApp(2000);
  onTestFailed(() => void process.stderr.write(`${[...app.process.stdout, ...app.process.stderr].join("\n")}\n`));
});
afterEach(() => app.process.stop("SIGKILL"));

const keysOf = ({ reader }: OpenStream) =>
  reader.live?.chats.chats.filter(({ outcome }) => outcome === undefined).map(({ key }) => key) ?? [];

const has = (state: "answered" | "silent", count: number) =>
  until(app.door.samples, (samples) => samples.get(workersThat(state)) === count);

test("a model in a thread and one in a forked process are one app's, while they are killed, blocked and replaced", async () => {
  const [thread, forked] = await Promise.all([app.start("thread"), app.start("process")]);
  const watch = new CounterWatch(app.door);
  const doors = [app.door, await thread.door(), await forked.door()];
  const [board, ofThread, ofProcess] = await Promise.all(doors.map((door) => door.live()));
  if (board === undefined || ofThread === undefined || ofProcess === undefined) throw new Error("no stream");

  // each answers, and each has a reader that leaves
  for (const worker of [thread, forked]) {
    for (const tokens of [1, 7, 30]) expect(await worker.chat(tokens).over).toBe(true);
    const left = await worker.held(30, 4);
    left.leave();
    await until(worker.listed.bind(worker), ({ counts }) => counts.aborted === 1);
  }
  await expectExact(app, doors);

  // killed in the midst of an answer
  const [here, there] = [await thread.held(30, 5), await forked.held(30, 9)];
  const [hereKey, thereKey] = [await thread.prefix(), await forked.prefix()];
  for (const stream of [board, ofThread, ofProcess]) {
    await stream.until(() => keysOf(stream).length === 2);
    expect(
      keysOf(stream)
        .map((key) => key.replace(/\d+$/, ""))
        .sort(),
    ).toEqual([hereKey, thereKey].sort());
  }
  await app.door.samples();
  await forked.signal("SIGKILL");
  expect([await there.over, await ofProcess.over]).toEqual([false, false]);
  for (const stream of [board, ofThread]) await stream.until(() => keysOf(stream).length === 1);
  await expectExact(app, [app.door, await thread.door()]);

  // replaced, and stopped in the midst of an answer
  const second = await app.start("process");
  await has("answered", 2);
  const stopped = await second.held(20, 3);
  await board.until(() => keysOf(board).length === 2);
  await app.door.samples();
  await second.signal("SIGSTOP");
  await has("silent", 1);
  await board.until(
    ({ chats, summary }) => chats.cluster?.silent === 1 && summary.cluster?.silent === 1 && keysOf(board).length === 1,
  );
  const ticks = board.reader.events.length;
  await thread.ask({ kind: "goOn" });
  expect(await here.over).toBe(true);
  for (const tokens of [5, 6]) expect(await thread.chat(tokens).over).toBe(true);
  await board.until(({ summary, chats }) => summary.totals.answered === 9 && chats.underWay === 0);
  expect(board.reader.events.slice(ticks).every(({ event }) => event === "tick")).toBe(true);
  await expectExact(app, [app.door, await thread.door()]);
  await second.signal("SIGCONT");
  await board.until(() => keysOf(board).length === 1);
  await second.ask({ kind: "goOn" });
  expect(await stopped.over).toBe(true);
  await expectExact(app, [app.door, await thread.door(), await second.door()]);

  // a thread that does nothing else, and then ends
  await thread.ask({ kind: "block", ms: 5000 });
  await has("silent", 1);
  expect(await second.chat(4).over).toBe(true);
  await expectExact(app, [app.door, await second.door()]);
  await has("silent", 0);
  await thread.ask({ kind: "close" });
  await thread.gone();
  expect(await ofThread.over).toBe(true);
  const last = await app.start("thread");
  await has("answered", 2);
  expect(await last.chat(8).over).toBe(true);
  await expectExact(app, [app.door, await last.door(), await second.door()]);

  // a process that is told to stop hands over what it counted, and holds nobody up
  const streams = await Promise.all(Array.from({ length: 10 }, async () => (await second.door()).live()));
  for (const stream of streams) await stream.until(() => true);
  expect(await second.chat(3).over).toBe(true);
  await second.signal("SIGTERM");
  await second.gone();
  expect(await Promise.all(streams.map(({ over }) => over))).toEqual(streams.map(() => true));
  expect(new Set(streams.map(({ reader }) => reader.live?.summary.state))).toEqual(new Set(["draining"]));
  await board.until(({ summary }) => summary.cluster?.answered === 1);
  await expectExact(app, [app.door, await last.door()]);
  expect(await watch.stop()).toEqual([]);
  expect(watch.readings).toBeGreaterThan(20);
});
