import { setImmediate as turn } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { afterEach, expect, it, vi } from "vitest";
import type { Diagnostic } from "../base/diagnostics.ts";
import { createDiagnostics } from "../base/diagnostics.ts";
import { monotonicClock, sleep } from "../base/time.ts";
import { farewellId, type Message, type ParentLine, type Pieces, type Subject } from "./message.ts";
import type { PackedMetric } from "./packed-metrics.ts";
import { mainThread, workerThreads } from "./thread-transport.ts";
import { type Polled, Workers } from "./workers.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const sources = { metrics: 1, summary: 1, chats: 1 };

/** A worker on a real line whose answers the test gives. */
interface PlayedWorker {
  readonly asked: readonly (readonly [Subject, number])[];
  /** Asks what everybody has. */
  ask(): Promise<void>;
  /** It ends, as a thread announces it. */
  end(): void;
  /** @param value what its one metric says */
  say(subject: Subject, id: number, value: number): Promise<void>;
}

function playWorker(): PlayedWorker {
  const asked: [Subject, number][] = [];
  const line: ParentLine = mainThread.open((heard) => {
    const message = heard as Message;
    if (message.kind === "who") void line.send({ kind: "hello", again: true, sources });
    if (message.kind === "ask") asked.push([message.subject, message.id]);
  });
  const lobby = new BroadcastChannel("@aiwatch/core/cluster/1/threads");
  closers.push(
    () => line.close(),
    () => lobby.close(),
  );
  return {
    asked,
    ask: () => line.send({ kind: "ask", subject: "summary", id: 1 }),
    end: () => lobby.postMessage({ kind: "gone", thread: threadId }),
    async say(subject, id, value) {
      const metric: PackedMetric = { name: String(value), help: "", type: "gauge", shapes: [], series: [] };
      await line.send({ kind: "piece", subject, id, parts: [metric], last: true });
    },
  };
}

async function setUp(gather: () => Promise<Pieces<Subject>> = async () => []) {
  const diagnostics: Diagnostic[] = [];
  const workers = new Workers({
    transports: [workerThreads],
    diagnostics: createDiagnostics(
      () => {},
      (diagnostic) => diagnostics.push(diagnostic),
    ),
    clock: monotonicClock,
    gather: gather as <Of extends Subject>() => Promise<Pieces<Of>>,
    departed: () => {},
  });
  closers.push(() => workers.close());
  const worker = playWorker();
  await vi.waitFor(() => expect(workers.areNone).toBe(false), 20_000);
  const poll = (timeoutMs: number, subject: Subject = "metrics") =>
    workers.poll(subject, timeoutMs, Promise.resolve("own"), () => 0);
  const isAsked = (times: number) => vi.waitFor(() => expect(worker.asked).toHaveLength(times), 20_000);
  return { worker, workers, poll, isAsked, diagnostics };
}

const toldBy = ({ answers, before, counts }: Polled<string, Subject>) => ({
  ...counts,
  answers: answers.flatMap(({ parts }) => parts.map((part) => (part as PackedMetric).name)),
  before: before.flatMap(({ parts }) => parts.map((part) => (part as PackedMetric).name)),
});

function holdUp(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it("hears an answer that came in time, though the asking thread was held up itself until it was late", async () => {
  const { worker, poll, isAsked, diagnostics } = await setUp();
  const polled = poll(1000);
  await isAsked(1);
  // behind what is read in this turn, so that the timer is the first that is looked at after it
  await turn();
  await worker.say("metrics", 1, 5);
  holdUp(1100);
  expect(toldBy(await polled)).toEqual({ answered: 1, silent: 0, answers: ["5"], before: [] });
  expect(diagnostics).toEqual([]);
});

it("is silent that answers nothing, and is not waited for again until it has answered", async () => {
  const { worker, poll, isAsked, diagnostics } = await setUp();
  const first = poll(10_000);
  await isAsked(1);
  await worker.say("metrics", 1, 5);
  await first;
  const silent = { answered: 0, silent: 1, answers: [], before: ["5"] };
  expect(toldBy(await poll(1000))).toEqual(silent);
  const again = poll(1000).then(toldBy);
  expect(await Promise.race([again, sleep(500)])).toEqual(silent);
  expect([worker.asked.length, diagnostics.length]).toEqual([2, 2]);
  await worker.say("metrics", 2, 6);
  const last = poll(10_000);
  await isAsked(3);
  await worker.say("metrics", 3, 7);
  expect(toldBy(await last)).toEqual({ answered: 1, silent: 0, answers: ["7"], before: [] });
});

it("whoever asks while a worker answers is given its next answer, and all of them the same", async () => {
  const { worker, poll, isAsked } = await setUp();
  const first = poll(10_000);
  await isAsked(1);
  const next = [poll(10_000), poll(10_000)];
  await turn();
  expect(worker.asked).toEqual([["metrics", 1]]);
  await worker.say("metrics", 1, 5);
  expect(toldBy(await first)).toMatchObject({ answers: ["5"] });
  await isAsked(2);
  await worker.say("metrics", 2, 6);
  for (const polled of await Promise.all(next)) expect(toldBy(polled)).toMatchObject({ answered: 1, answers: ["6"] });
  expect(worker.asked).toHaveLength(2);
});

it("is not silent who says farewell while it is asked: its counters are there", async () => {
  const { worker, poll, isAsked, diagnostics } = await setUp();
  const [chats, metrics] = [poll(10_000, "chats"), poll(10_000)];
  await isAsked(2);
  const more = poll(10_000);
  await worker.say("summary", farewellId, 1);
  await worker.say("metrics", farewellId, 8);
  expect(toldBy(await chats)).toEqual({ answered: 0, silent: 0, answers: [], before: [] });
  for (const polled of [metrics, more]) {
    const { answers, before, silent } = toldBy(await polled);
    expect([[...answers, ...before], silent]).toEqual([["8"], 0]);
  }
  expect(toldBy(await poll(10_000))).toEqual({ answered: 0, silent: 0, answers: [], before: ["8"] });
  expect([worker.asked.length, diagnostics]).toEqual([2, []]);
});

it("a worker that ends while its question is answered is no fault", async () => {
  let gathered: (() => void) | undefined;
  const gather = () => new Promise<Pieces<Subject>>((resolve) => (gathered = () => resolve([[]])));
  const { worker, workers, diagnostics } = await setUp(gather);
  await worker.ask();
  await vi.waitFor(() => expect(gathered).toBeDefined(), 20_000);
  worker.end();
  await vi.waitFor(() => expect(workers.areNone).toBe(true), 20_000);
  gathered?.();
  await turn();
  expect(diagnostics).toEqual([]);
});
