import { once } from "node:events";
import { expect, test } from "vitest";
import { observePromise } from "./observed-call.ts";

function observer() {
  const seen: unknown[] = [];
  return {
    seen,
    completed: (value: unknown) => void seen.push(["completed", value]),
    failed: (error: unknown) => void seen.push(["failed", error]),
  };
}

/** Works when somebody listens, as the promises of OpenAI's client do; its constructor takes more than an executor. */
class LazyPromise extends Promise<string> {
  readonly #work: () => Promise<string>;
  started = 0;

  constructor(work: () => Promise<string>) {
    super((resolve) => resolve(""));
    this.#work = work;
  }

  asResponse(): string {
    return "the response itself";
  }

  // biome-ignore lint/suspicious/noThenProperty: such promises are what is tested
  override then<Value = string, Failed = never>(
    onValue?: ((value: string) => Value | PromiseLike<Value>) | null,
    onError?: ((error: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Value | Failed> {
    this.started += 1;
    return this.#work().then(onValue, onError);
  }
}

test("value and error are handed through, and seen first", async () => {
  const error = new Error("no");
  const tap = observer();
  const value = {};
  await observePromise(Promise.resolve(value), tap).then((got) => {
    expect(got).toBe(value);
    expect(tap.seen).toEqual([["completed", value]]);
  });
  await expect(observePromise(Promise.reject(error), tap)).rejects.toBe(error);
  expect(tap.seen[1]).toEqual(["failed", error]);
});

test("a rejection that the app forgot is still reported", async () => {
  const unhandled = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  try {
    const reported = once(process, "unhandledRejection");
    const error = new Error("forgotten");
    void observePromise(Promise.reject(error), observer());
    expect((await reported)[0]).toBe(error);
  } finally {
    for (const listener of unhandled) process.on("unhandledRejection", listener);
  }
});

test("a promise with a `then` of its own stays the same object, lazy, with its methods", async () => {
  const tap = observer();
  const lazy = new LazyPromise(() => Promise.resolve("answer"));
  const observed = observePromise(lazy, tap);
  expect(observed).toBe(lazy);
  expect(observed.asResponse()).toBe("the response itself");
  expect([lazy.started, tap.seen, Object.keys(lazy)]).toEqual([0, [], ["started"]]);
  expect(await observed).toBe("answer");
  expect(await observed.then((answer) => `${answer}!`)).toBe("answer!");
  expect(tap.seen).toEqual([["completed", "answer"]]);
});

test("its `catch` and `finally` are those of a promise", async () => {
  const error = new Error("no");
  const tap = observer();
  const failing = observePromise(new LazyPromise(() => Promise.reject(error)), tap);
  expect(await failing.catch(() => "caught")).toBe("caught");
  const calls: string[] = [];
  await expect(failing.finally(() => void calls.push("finally"))).rejects.toBe(error);
  await expect(failing.finally(undefined)).rejects.toBe(error);
  expect([calls, tap.seen]).toEqual([["finally"], [["failed", error]]]);

  const working = observePromise(new LazyPromise(() => Promise.resolve("answer")), observer());
  expect(await working.catch(() => "caught")).toBe("answer");
  expect(await working.finally(() => "ignored")).toBe("answer");
  await expect(working.finally(() => Promise.reject(error))).rejects.toBe(error);
});
