import { setImmediate as turn } from "node:timers/promises";
import pLimit, { limitFunction } from "p-limit";
import PQueue from "p-queue";
import PQueue8 from "p-queue8";
import { describe, expect, it } from "vitest";
import { limiters } from "./test-support/limiters.ts";
import { noFigures, openRequest, pending, setUp } from "./test-support/set-up.ts";

/** A task that runs until it is told. */
function longTask() {
  const { promise, resolve } = pending<void>();
  return { task: () => promise, finish: () => resolve() };
}

describe.each(limiters)("$name", (kind) => {
  it("admits a task when it starts", async () => {
    const { admission, clock, figures } = setUp();
    const limiter = admission.wrap(kind.make(1));
    const first = longTask();
    const answer = kind.hand(limiter, first.task);
    await turn();
    const second = kind.hand(limiter, () => "second");
    await turn();
    expect(await figures()).toMatchObject({ waiting: 1, admitted: 1, seconds: 0 });
    clock.advance(2000);
    first.finish();
    expect([await answer, await second]).toEqual([undefined, "second"]);
    expect(await figures()).toEqual({ ...noFigures, admitted: 2, waits: 2, seconds: 2 });
  });

  it("what it clears has left, and what it has taken out of the line before has not", async () => {
    const { admission, figures } = setUp();
    const limiter = admission.wrap(kind.make(1));
    const first = longTask();
    const answers = [kind.hand(limiter, first.task), kind.hand(limiter, () => "second")] as Promise<unknown>[];
    for (const answer of answers) answer.catch(() => {});
    await Promise.resolve(); // p-limit 6 takes the first one out now
    kind.clear(limiter);
    first.finish();
    await answers[0];
    await turn();
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1 });
  });

  it("what waits when its request is closed has left, and runs all the same", async () => {
    const { admission, figures } = setUp();
    const limiter = admission.wrap(kind.make(1));
    const first = longTask();
    const hand = () => [kind.hand(limiter, first.task), kind.hand(limiter, () => "second")] as const;
    const request = openRequest();
    const [, second] = request.run(hand);
    await turn();
    request.close();
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1 });
    first.finish();
    expect(await second).toBe("second");
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1 });
    expect(request.scope.admission?.waitedMs).toBe(0);
  });

  it("a job that outlives its request waits on", async () => {
    const { admission, figures } = setUp();
    const limiter = admission.wrap(kind.make(1), { outlivesRequest: true });
    const first = longTask();
    const request = openRequest();
    const second = request.run(() => {
      void kind.hand(limiter, first.task);
      return kind.hand(limiter, () => "second");
    });
    request.close();
    first.finish();
    expect(await second).toBe("second");
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 2, left: 0 });
  });

  it("is observed once, however often it is wrapped", async () => {
    const { aiwatch, admission, figures } = setUp();
    const limiter = kind.make(1);
    const wrapped = admission.wrap(limiter);
    expect(admission.wrap(limiter)).toBe(wrapped);
    expect(aiwatch.admission({ queue: "line" }).wrap(wrapped)).toBe(wrapped);
    await kind.hand(wrapped, () => "x");
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1 });
  });
});

describe("p-limit", () => {
  it("keeps its properties, and what is set is set on it", async () => {
    const { admission } = setUp();
    const bare = pLimit(1);
    const limit = admission.wrap(bare);
    expect(Reflect.ownKeys(limit).sort()).toEqual(Reflect.ownKeys(bare).sort());
    expect([limit.name, limit.length, typeof limit]).toEqual([bare.name, bare.length, "function"]);
    expect(Object.getPrototypeOf(limit)).toBe(Function.prototype);
    expect(Object.keys(limit)).toEqual(Object.keys(bare));
    limit.concurrency = 3;
    expect([bare.concurrency, limit.concurrency]).toEqual([3, 3]);
    expect(() => Reflect.set(limit, "concurrency", 0)).toThrow(TypeError);
    expect(Reflect.set(limit, "activeCount", 5)).toBe(false);
    const first = longTask();
    void limit(first.task);
    void bare(first.task);
    await turn();
    expect([limit.activeCount, limit.pendingCount, limit.map.name, limit.map.length]).toEqual([2, 0, "value", 2]);
    first.finish();
  });

  it("hands the arguments on", async () => {
    const { admission } = setUp();
    const limit = admission.wrap(pLimit(1));
    expect(await limit((a: number, b: string) => [a, b], 5, "x")).toEqual([5, "x"]);
  });

  it("its map enters each item as it takes it, and admits it as it starts", async () => {
    const { admission, clock, figures } = setUp();
    const limit = admission.wrap(pLimit(2));
    const tasks = [longTask(), longTask(), longTask()];
    const answers = limit.map(tasks, async ({ task }, index) => {
      await task();
      return index;
    });
    await turn();
    expect(await figures()).toMatchObject({ waiting: 1, admitted: 2 });
    clock.advance(500);
    tasks[1]?.finish();
    await turn();
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 3, seconds: 0.5 });
    for (const { finish } of tasks) finish();
    expect(await answers).toEqual([0, 1, 2]);
  });

  it.each([
    ["what is no list", undefined],
    ["a list without an iterator", { length: 2, 0: "a", 1: "b" }],
  ])("its map takes %s as it does bare", async (_what, items) => {
    const { admission, figures } = setUp();
    const run = async (limit: typeof bare) => {
      try {
        return await limit.map(items as never, (item: unknown, index: number) => [item, index]);
      } catch (error) {
        return String(error);
      }
    };
    const bare = pLimit(1);
    expect(await run(admission.wrap(pLimit(1)))).toEqual(await run(bare));
    expect(await figures()).toMatchObject({ waiting: 0, failed: 0 });
  });

  it("its map runs what it has handed over where the list throws in the middle", async () => {
    const { admission, figures } = setUp();
    const error = new Error("no more");
    let closed = 0;
    function* items() {
      try {
        yield 1;
        yield 2;
        throw error;
      } finally {
        closed += 1;
      }
    }
    const ran: number[] = [];
    await expect(admission.wrap(pLimit(1)).map(items(), (item) => ran.push(item))).rejects.toBe(error);
    await turn();
    expect([ran, closed]).toEqual([[1, 2], 1]);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 2 });
  });

  it("a function that limits itself passes as it is: what it is given is no task", async () => {
    const { admission, figures } = setUp();
    const limited = admission.wrap(limitFunction(async (text: string) => text.length, { concurrency: 1 }));
    expect(await limited("four")).toBe(4);
    expect(await figures()).toEqual(noFigures);
  });
});

describe("p-queue", () => {
  it("is the same object, with no property that shows", () => {
    const { admission } = setUp();
    const queue = new PQueue({ concurrency: 1 });
    const keys = Object.keys(queue);
    expect(admission.wrap(queue)).toBe(queue);
    expect(Object.keys(queue)).toEqual(keys);
    expect([queue.add.name, queue.add.length]).toEqual(["add", PQueue.prototype.add.length]);
    expect(queue).toBeInstanceOf(PQueue);
  });

  it("observes what addAll hands over, and what waits for start()", async () => {
    const { admission, figures, clock } = setUp();
    const queue = admission.wrap(new PQueue({ concurrency: 1, autoStart: false }));
    const answers = queue.addAll([async () => 1, async () => 2]);
    clock.advance(100);
    expect(await figures()).toMatchObject({ waiting: 2 });
    queue.start();
    expect(await answers).toEqual([1, 2]);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 2, seconds: 0.2 });
  });

  it.each([
    ["9", () => new PQueue({ concurrency: 1 })],
    ["8", () => new PQueue8({ concurrency: 1 }) as unknown as PQueue],
  ] as const)("%s: what its signal takes out of the line has left, by whatever reason", async (_name, make) => {
    const { admission, figures } = setUp();
    const queue = admission.wrap(make(), { isRefusal: () => true });
    const first = longTask();
    void queue.add(first.task);
    const gone = new AbortController();
    const reason = new Error("gone");
    // listened to at once: it may be rejected while the figures are read
    const left = expect(queue.add(async () => "never", { signal: gone.signal })).rejects.toBe(reason);
    gone.abort(reason);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1, refused: 0 });
    first.finish();
    await left;
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1, refused: 0 });
  });

  it("a timeout begins with the task, and is none of the queue's ends", async () => {
    const { admission, figures } = setUp();
    const queue = admission.wrap(new PQueue({ concurrency: 1, timeout: 5 }));
    await expect(queue.add(() => new Promise(() => {}))).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, failed: 0 });
  });

  it.each([
    [undefined, "failed"],
    [(error: unknown) => error instanceof TypeError, "refused"],
  ] as const)("what it does not take has failed, or was refused where the app says so", async (isRefusal, outcome) => {
    const { admission, figures } = setUp();
    const queue = admission.wrap(new PQueue({ concurrency: 1 }), { isRefusal });
    await expect(queue.add(async () => 5, { timeout: -1 })).rejects.toThrow(TypeError);
    await expect(queue.add("no task" as never)).rejects.toThrow(TypeError);
    expect(await figures()).toEqual({ ...noFigures, [outcome]: 1 });
  });

  it("tells its listeners and its readers what it tells bare", async () => {
    const { admission } = setUp();
    const run = async (queue: PQueue) => {
      const heard: unknown[] = [];
      for (const name of ["add", "active", "completed", "error", "next", "empty", "idle"] as const) {
        queue.on(name, (...args: unknown[]) => heard.push([name, ...args.map(String), queue.size, queue.pending]));
      }
      const failing = queue.add(() => {
        throw new Error("x");
      });
      await Promise.allSettled([failing, queue.add(async () => 1, { priority: 1, id: "a" }), queue.onIdle()]);
      return heard;
    };
    expect(await run(admission.wrap(new PQueue({ concurrency: 1 })))).toEqual(
      await run(new PQueue({ concurrency: 1 })),
    );
  });
});

describe("other limiters", () => {
  it("a function is called with the caller's this, and throws what it throws", async () => {
    const { admission, figures } = setUp();
    const error = new Error("full");
    const seen: unknown[] = [];
    function limit(this: unknown, task: () => number): number {
      seen.push(this);
      if (seen.length > 1) throw error;
      return task();
    }
    const holder = { limit: admission.wrap(limit, { isRefusal: (thrown) => thrown === error }) };
    expect(holder.limit(() => 5)).toBe(5);
    expect(() => holder.limit(() => 5)).toThrow(error);
    expect(seen).toEqual([holder, holder]);
    expect(await figures()).toEqual({ ...noFigures, admitted: 1, waits: 1, refused: 1 });
  });

  it("what never ran when its promise is settled was dropped: it has left", async () => {
    const { admission, figures } = setUp();
    const limit = admission.wrap(async (_task: () => number) => undefined);
    expect(await limit(() => 5)).toBe(undefined);
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
  });

  it("methods run on the limiter itself, and one that the app replaces is the app's", () => {
    const { admission } = setUp();
    const limit = Object.assign((task: () => unknown) => task(), {
      cleared: 0,
      clearQueue() {
        this.cleared += 1;
        return this;
      },
    });
    const wrapped = admission.wrap(limit);
    expect(wrapped.clearQueue()).toBe(limit);
    wrapped.cleared = 5;
    expect(limit.cleared).toBe(5);
    const own = () => limit;
    wrapped.clearQueue = own;
    expect([wrapped.clearQueue, limit.clearQueue]).toEqual([own, own]);
  });

  it.each([[undefined], [null], [5], ["limit"], [{}], [{ add: 5 }]])("%j is none", (limit) => {
    const { admission } = setUp();
    expect(() => admission.wrap(limit as never)).toThrow(
      expect.objectContaining({
        code: "AIWATCH_INVALID_ARGUMENT",
        message: expect.stringMatching(/p-limit.*wait\(\) or enter\(\)/),
      }),
    );
  });

  it("one that cannot be changed passes as it is, and is reported", async () => {
    const { admission, diagnostics } = setUp();
    const queue = Object.freeze({ add: (task: () => number) => task() });
    expect(admission.wrap(queue)).toBe(queue);
    expect(queue.add(() => 5)).toBe(5);
    expect(diagnostics).toMatchObject([{ source: "adapter" }]);
  });
});
