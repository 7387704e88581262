import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { noFigures, openRequest, pending, setUp } from "./test-support/set-up.ts";

class PoolIsFull extends Error {}
const isRefusal = (error: unknown) => error instanceof PoolIsFull;
const abortError = () => new DOMException("x", "AbortError");

describe("a wait", () => {
  it("is over when the promise is fulfilled: the value passes unchanged", async () => {
    const { admission, clock, figures } = setUp();
    const { promise, resolve } = pending<object>();
    const waited = admission.wait(() => promise);
    expect(await figures()).toEqual({ ...noFigures, waiting: 1 });
    clock.advance(1500);
    const thing = {};
    resolve(thing);
    expect(await waited).toBe(thing);
    expect(await figures()).toEqual({ ...noFigures, admitted: 1, waits: 1, seconds: 1.5 });
  });

  it("calls acquire once, with nothing, in the caller's context", async () => {
    const { admission } = setUp();
    const storage = new AsyncLocalStorage<string>();
    const calls: unknown[] = [];
    const acquire = async (...args: unknown[]) => {
      calls.push([args, storage.getStore()]);
    };
    await storage.run("mine", async () => {
      await admission.wait(acquire);
      expect(storage.getStore()).toBe("mine");
    });
    expect(calls).toEqual([[[], "mine"]]);
  });

  it.each([[undefined], [null], [0], ["thing"], [{}], [() => {}], [JSON.parse(`{"then":5}`)]])(
    "for what is no promise, such as %j, takes no time",
    async (thing) => {
      const { admission, figures } = setUp();
      expect(admission.wait(() => thing)).toBe(thing);
      expect(await figures()).toEqual({ ...noFigures, admitted: 1, waits: 1 });
    },
  );

  it.each([
    ["refused", "what isRefusal says", new PoolIsFull()],
    ["left", "an AbortError", abortError()],
    ["failed", "another error", new TypeError("x")],
    ["failed", "what is no error", "x"],
    ["failed", "undefined", undefined],
  ])("has ended as %s by %s, thrown or rejected, which passes unchanged", async (outcome, _what, error) => {
    const { admission, figures } = setUp();
    const rejects = admission.wait(() => Promise.reject(error), { isRefusal });
    await expect(rejects.catch((reason: unknown) => ({ reason }))).resolves.toEqual({ reason: error });
    const fails = () =>
      admission.wait(
        () => {
          throw error;
        },
        { isRefusal },
      );
    let thrown: unknown = "nothing";
    try {
      fails();
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBe(error);
    expect(await figures()).toEqual({ ...noFigures, [outcome]: 2 });
  });

  it("has left by the reason of its signal, whatever that looks like", async () => {
    const { admission, figures } = setUp();
    const reason = new PoolIsFull();
    const signal = AbortSignal.abort(reason);
    await expect(admission.wait(() => Promise.reject(reason), { signal, isRefusal })).rejects.toBe(reason);
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
  });

  it("has left when its signal is aborted: what comes later still goes to the app, and is counted no more", async () => {
    const { admission, figures } = setUp();
    const { promise, resolve } = pending<string>();
    const gone = new AbortController();
    const waited = admission.wait(() => promise, { signal: gone.signal });
    gone.abort();
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
    resolve("thing");
    expect(await waited).toBe("thing");
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
  });

  it("has left when its request is closed: what comes later still goes to the app", async () => {
    const { admission, figures } = setUp();
    const { promise, resolve } = pending<string>();
    const request = openRequest();
    const waited = request.run(() => admission.wait(() => promise));
    request.close();
    resolve("thing");
    expect(await waited).toBe("thing");
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
  });

  it.each([
    ["hands back no boolean", () => 5, 0],
    ["hands back a promise", async () => true, 0],
    ["hands back a promise that rejects", () => Promise.reject(new Error("odd")), 1],
  ])("is not refused by an isRefusal that %s", async (_what, odd, faults) => {
    const { admission, figures, diagnostics } = setUp();
    const error = new Error("x");
    await expect(admission.wait(() => Promise.reject(error), { isRefusal: odd as never })).rejects.toBe(error);
    expect(await figures()).toMatchObject({ failed: 1 });
    expect(diagnostics).toHaveLength(faults);
  });

  it("whose isRefusal throws is reported, and the app gets its own error", async () => {
    const { admission, diagnostics, figures } = setUp();
    const error = new Error("x");
    const broken = () => {
      throw new Error("broken");
    };
    await expect(admission.wait(() => Promise.reject(error), { isRefusal: broken })).rejects.toBe(error);
    expect(diagnostics).toMatchObject([{ source: "adapter", error: { message: "broken" } }]);
    expect(await figures()).toMatchObject({ failed: 1 });
  });

  it("whose rejection nobody handles is still reported by Node", async () => {
    const { admission } = setUp();
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    try {
      const reported = once(process, "unhandledRejection");
      const error = new Error("forgotten");
      void admission.wait(() => Promise.reject(error));
      expect((await reported)[0]).toBe(error);
    } finally {
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
  });
});

/** A query that runs once somebody listens. */
function lazyQuery(answer: () => unknown) {
  let runs = 0;
  return {
    runs: () => runs,
    // biome-ignore lint/suspicious/noThenProperty: such objects are what is tested
    then(onValue?: (value: unknown) => unknown, onError?: (error: unknown) => unknown) {
      runs += 1;
      return new Promise((resolve) => resolve(answer())).then(onValue, onError);
    },
  };
}

describe("a wait for a thenable", () => {
  it("that works when somebody listens, works when the app listens, once", async () => {
    const { admission, figures } = setUp();
    const query = lazyQuery(() => 5);
    expect(admission.wait(() => query)).toBe(query);
    expect(query.runs()).toBe(0);
    expect(await figures()).toEqual({ ...noFigures, waiting: 1 });
    expect(await query).toBe(5);
    expect(query.runs()).toBe(1);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1 });
    expect(Object.keys(query)).toEqual(["runs", "then"]);
  });

  it("that rejects, rejects for the app", async () => {
    const { admission, figures } = setUp();
    const error = new PoolIsFull();
    const query = lazyQuery(() => Promise.reject(error));
    await expect(Promise.resolve(admission.wait(() => query, { isRefusal }))).rejects.toBe(error);
    expect(await figures()).toMatchObject({ waiting: 0, refused: 1 });
  });

  it("that is a promise of another realm", async () => {
    const { admission, figures } = setUp();
    const foreign: Promise<number> = runInNewContext("Promise.resolve(5)");
    expect(foreign).not.toBeInstanceOf(Promise);
    expect(await admission.wait(() => foreign).finally(() => {})).toBe(5);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1 });
  });

  it("that is frozen passes as it is, and has left with its request", async () => {
    const { admission, figures, diagnostics } = setUp();
    const query = Object.freeze(lazyQuery(() => 5));
    const request = openRequest();
    expect(await request.run(() => admission.wait(() => query))).toBe(5);
    request.close();
    expect(diagnostics).toHaveLength(1);
    expect(await figures()).toMatchObject({ waiting: 0, left: 1 });
  });
});
