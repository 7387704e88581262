import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { HealthChecks } from "./health.ts";

vi.mock("../base/time.ts", async (original) => {
  const { globalTimers } = await import("../test-support/global-timers.ts");
  return globalTimers(original);
});

afterEach(() => void vi.useRealTimers());

describe("readiness", () => {
  it("holds once every check holds", async () => {
    const health = new HealthChecks();
    let loaded = false;
    expect(await health.readiness()).toEqual({ ready: true, state: "ready", checks: {} });
    health.addCheck("model", () => loaded);
    const remove = health.addCheck("store", async () => ({ ok: true, detail: "reachable" }));
    expect(await health.readiness()).toMatchObject({
      ready: false,
      checks: { model: { ok: false, critical: true }, store: { ok: true, critical: true, detail: "reachable" } },
    });
    loaded = true;
    remove();
    expect(await health.readiness()).toEqual({
      ready: true,
      state: "ready",
      checks: { model: { ok: true, critical: true } },
    });
  });

  it("tells the start from a failure afterwards, and both from a check that is not critical", async () => {
    const health = new HealthChecks();
    let loaded = false;
    let roomy = true;
    health.addCheck("model", () => loaded);
    health.addCheck("disk", () => roomy, { critical: false });
    const state = async () => {
      const { ready, state } = await health.readiness();
      return [state, ready];
    };
    expect(await state()).toEqual(["starting", false]);
    loaded = true;
    expect(await state()).toEqual(["ready", true]);
    roomy = false;
    expect(await state()).toEqual(["degraded", true]);
    loaded = false;
    expect(await state()).toEqual(["failing", false]);
  });

  it("is over once the app drains: no check is asked any more, and the last answers are shown", async () => {
    const health = new HealthChecks();
    const check = vi.fn(() => true);
    health.addCheck("model", check);
    await health.readiness();
    health.addCheck("late", check);
    health.startDraining();
    const draining = { ready: false, state: "draining", checks: { model: { ok: true, critical: true } } };
    expect(await health.readiness()).toEqual(draining);
    expect(check).toHaveBeenCalledTimes(1);
  });

  it("is over for those, too, who asked before and are answered after the drain began", async () => {
    const health = new HealthChecks();
    health.addCheck("slow", () => new Promise<boolean>((resolve) => setImmediate(resolve, true)));
    const asked = health.readiness();
    health.startDraining();
    expect(await asked).toMatchObject({ ready: false, state: "draining", checks: { slow: { ok: true } } });
  });
});

describe("a check", () => {
  it("that throws is a no, and its message stays where it is", async () => {
    const health = new HealthChecks();
    health.addCheck("store", () => Promise.reject(new TypeError("postgres://user:secret@db")));
    health.addCheck("sync", () => {
      throw new RangeError("secret");
    });
    expect((await health.readiness()).checks).toEqual({
      store: { ok: false, critical: true, detail: "the check failed with TypeError" },
      sync: { ok: false, critical: true, detail: "the check failed with RangeError" },
    });
  });

  it("that hangs is not waited for, is told so, and is begun anew", async () => {
    vi.useFakeTimers();
    const health = new HealthChecks();
    const signals: AbortSignal[] = [];
    const check = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("gone"))));
    };
    health.addCheck("slow", check, { timeoutMs: 500 });
    for (const n of [1, 2]) {
      const report = health.readiness();
      await vi.advanceTimersByTimeAsync(500);
      expect(await report).toMatchObject({ ready: false, checks: { slow: { detail: "no answer within 500 ms" } } });
      expect(signals.map(({ aborted }) => aborted)).toEqual(Array.from({ length: n }, () => true));
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that answers in time hears nothing of a timeout", async () => {
    vi.useFakeTimers();
    const health = new HealthChecks();
    let given: AbortSignal | undefined;
    health.addCheck("quick", ({ signal }) => {
      given = signal;
      return true;
    });
    await health.readiness();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(given?.aborted).toBe(false);
  });

  it("gives nothing away but its verdict and its text, cut; what is no verdict is a no", async () => {
    const health = new HealthChecks();
    const hostile = new Proxy({}, { has: () => true, get: () => expect.fail("secret") });
    const answers: Record<string, unknown> = {
      nothing: undefined,
      model: { path: "/secret", ok: "yes" },
      hostile,
      store: { ok: true, detail: 5, client: "secret" },
      long: { ok: true, detail: "x".repeat(10_000) },
    };
    for (const [name, value] of Object.entries(answers)) health.addCheck(name, () => value as never);
    const no = { ok: false, critical: true, detail: "the check answered neither a boolean nor { ok: boolean }" };
    expect((await health.readiness()).checks).toEqual({
      nothing: no,
      model: no,
      hostile: { ok: false, critical: true, detail: expect.stringMatching(/^the check failed with \w+$/) },
      store: { ok: true, critical: true },
      long: { ok: true, critical: true, detail: "x".repeat(300) },
    });
  });

  it("runs once for all who ask meanwhile, and again for who asks later", async () => {
    const health = new HealthChecks();
    const check = vi.fn(() => new Promise<boolean>((resolve) => setImmediate(resolve, true)));
    health.addCheck("model", check);
    await Promise.all(Array.from({ length: 50 }, () => health.readiness()));
    expect(check).toHaveBeenCalledTimes(1);
    await health.readiness();
    expect(check).toHaveBeenCalledTimes(2);
  });

  it("is not run again while its answer holds, be it a no", async () => {
    const clock = fakeClock();
    const health = new HealthChecks({ timeoutMs: 2000, cacheMs: 300 }, clock);
    const check = vi.fn(() => false);
    const own = vi.fn(() => true);
    health.addCheck("model", check);
    health.addCheck("own", own, { cacheMs: 1000 });
    for (let n = 0; n < 6; n += 1) {
      expect(await health.readiness()).toMatchObject({ ready: false });
      clock.advance(100);
    }
    expect(check).toHaveBeenCalledTimes(2);
    clock.advance(400);
    await health.readiness();
    expect(own).toHaveBeenCalledTimes(2);
  });
});

describe("adding a check", () => {
  it("under a name that another one had before leaves it to the new one", async () => {
    const health = new HealthChecks();
    const remove = health.addCheck("model", () => true);
    remove();
    health.addCheck("model", () => false);
    remove();
    expect(await health.readiness()).toMatchObject({ ready: false });
  });

  it("under the name of another one is refused", () => {
    const health = new HealthChecks();
    health.addCheck("model", () => true);
    expect(() => health.addCheck("model", () => true)).toThrowError(/"model" already/);
  });

  const fine = () => true;

  it.each<[unknown, unknown, object, string | RegExp]>([
    ["", fine, {}, `a health check's name is "", expected 1 to 64 letters, digits, _ . : or -`],
    ["a\nforged line", fine, {}, /name is "a\\nforged line"/],
    ["x".repeat(65), fine, {}, /name is "x+"/],
    [5, fine, {}, /name is 5/],
    ["model", true, {}, 'the health check "model" is true, expected a function'],
    ["model", { secret: 1 }, {}, 'the health check "model" is an object, expected a function'],
    ["model", fine, { timeoutMs: 0 }, 'timeoutMs of the health check "model" is 0, expected milliseconds, at least 1'],
    ["model", fine, { timeoutMs: 2 ** 31 }, /^timeoutMs/],
    ["model", fine, { cacheMs: -1 }, 'cacheMs of the health check "model" is -1, expected milliseconds, 0 or more'],
    ["model", fine, { cacheMs: "5" }, /is "5"/],
    ["model", fine, { critical: "no" }, 'critical of the health check "model" is "no", expected true or false'],
  ])("that can be none is refused at once: %j", (name, check, options, message) => {
    expect(() => new HealthChecks().addCheck(name as never, check as never, options as never)).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_ARGUMENT",
        message: typeof message === "string" ? message : expect.stringMatching(message),
      }),
    );
  });
});
