import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LimiterUnderTest, limiters } from "./test-support/limiters.ts";
import { figuresOf, pending, setUp } from "./test-support/set-up.ts";

const endings = ["resolves", "rejects", "throws", "returns"] as const;

/** What an app does with a limiter, in any order. */
const scripts = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ add: fc.constantFrom(...endings), signal: fc.nat(2), priority: fc.nat(2) }),
    },
    { weight: 5, arbitrary: fc.record({ finish: fc.nat(15) }) },
    { weight: 1, arbitrary: fc.record({ abort: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.constant({ clear: true }) },
  ),
  { maxLength: 40 },
);
type Step = typeof scripts extends fc.Arbitrary<(infer Each)[]> ? Each : never;

const storage = new AsyncLocalStorage<number>();

/** Plays a script. @returns all that an app can see of it */
async function play(kind: LimiterUnderTest, limiter: ReturnType<LimiterUnderTest["make"]>, script: readonly Step[]) {
  const seen: unknown[] = [];
  const started: number[] = [];
  const settled: unknown[] = [];
  const aborts = [new AbortController(), new AbortController()];
  const finishers: (() => void)[] = [];

  function add({ add, signal, priority }: Extract<Step, { add: unknown }>): void {
    const number = finishers.length;
    const { promise, resolve, reject } = pending<unknown>();
    finishers.push(() => (add === "rejects" ? reject(`error ${number}`) : resolve(`value ${number}`)));
    const task = function (this: unknown, ...args: unknown[]) {
      started.push(number);
      seen.push([number, this, args.length, Object.keys(Object(args[0])), storage.getStore()]);
      if (add === "throws") throw `thrown ${number}`;
      return add === "returns" ? `returned ${number}` : promise;
    };
    const given = aborts[signal]?.signal;
    const options = kind.takesOptions ? { priority, ...(given && { signal: given }) } : {};
    storage.run(number, () => {
      const answer = kind.hand(limiter, task, options) as Promise<unknown>;
      seen.push([answer instanceof Promise, Object.getPrototypeOf(answer) === Promise.prototype]);
      answer.then(
        (value) => settled.push([number, "value", value, storage.getStore()]),
        (error) => settled.push([number, "error", error.name ?? error, storage.getStore()]),
      );
    });
    // else nobody's
    promise.catch(() => {});
  }

  for (const step of script) {
    if ("add" in step) add(step);
    if ("finish" in step) finishers[step.finish]?.();
    if ("abort" in step) aborts[step.abort]?.abort();
    if ("clear" in step) kind.clear(limiter);
    seen.push(kind.counts(limiter));
    await turn();
    seen.push(kind.counts(limiter), settled.length);
  }
  return { seen, started, settled: settled.map((each) => JSON.stringify(each)).sort() };
}

describe.each(limiters)("$name", (kind) => {
  it("behaves wrapped as it does bare, and what it starts is what is admitted", async () => {
    await fc.assert(
      fc.asyncProperty(scripts, fc.constantFrom(1, 2, Number.POSITIVE_INFINITY), async (script, concurrency) => {
        const bare = await play(kind, kind.make(concurrency), script);
        const { admission, ...test } = setUp();
        const limiter = admission.wrap(kind.make(concurrency));
        const wrapped = await play(kind, limiter, script);
        expect(wrapped).toEqual(bare);
        const { waiting, admitted, waits, left, failed, refused } = await figuresOf(test);
        const handed = script.filter((step) => "add" in step).length;
        expect([admitted, waits]).toEqual([bare.started.length, bare.started.length]);
        expect([failed, refused]).toEqual([0, 0]);
        expect(waiting! + left! + admitted!).toBe(handed);
        expect(test.diagnostics).toEqual([]);
        if (script.every((step) => !("abort" in step))) expect(waiting).toBe(kind.counts(limiter)[1]);
      }),
      { numRuns: 100 },
    );
  });
});
