import { describe, expect, it, vi } from "vitest";
import { Health } from "./health.ts";

describe("readiness", () => {
  it("holds once every check holds", async () => {
    const health = new Health();
    let loaded = false;
    expect(await health.readiness()).toEqual({ ready: true, checks: {} });
    health.addCheck("model", () => loaded);
    const remove = health.addCheck("store", async () => ({ ok: true, detail: "reachable" }));
    expect(await health.readiness()).toEqual({
      ready: false,
      checks: { model: { ok: false }, store: { ok: true, detail: "reachable" } },
    });
    loaded = true;
    remove();
    expect(await health.readiness()).toEqual({ ready: true, checks: { model: { ok: true } } });
  });

  it("takes a throw for a no and keeps its message to itself", async () => {
    const health = new Health();
    health.addCheck("store", () => Promise.reject(new TypeError("postgres://user:secret@db")));
    const report = await health.readiness();
    expect(report).toEqual({
      ready: false,
      checks: { store: { ok: false, detail: "the check failed with TypeError" } },
    });
  });

  it("does not wait for a check that does not answer", async () => {
    vi.useFakeTimers();
    const health = new Health();
    health.addCheck("slow", () => new Promise(() => {}), { timeoutMs: 500 });
    const report = health.readiness();
    await vi.advanceTimersByTimeAsync(500);
    expect(await report).toMatchObject({ ready: false, checks: { slow: { detail: "no answer within 500 ms" } } });
    vi.useRealTimers();
  });

  it("takes from an answer nothing but its verdict, and what is no verdict for a no", async () => {
    const health = new Health();
    const answers: Record<string, unknown> = {
      nothing: undefined,
      model: { path: "/secret", ok: "yes" },
      store: { ok: true, detail: 5, client: "secret" },
    };
    for (const [name, value] of Object.entries(answers)) health.addCheck(name, () => value as never);
    const detail = "the check answered neither a boolean nor { ok: boolean }";
    expect(await health.readiness()).toEqual({
      ready: false,
      checks: { nothing: { ok: false, detail }, model: { ok: false, detail }, store: { ok: true } },
    });
  });

  it("keeps a check whose name another one had before", async () => {
    const health = new Health();
    const remove = health.addCheck("model", () => true);
    remove();
    health.addCheck("model", () => false);
    remove();
    expect(await health.readiness()).toMatchObject({ ready: false });
  });

  it("refuses a second check of the same name", () => {
    const health = new Health();
    health.addCheck("model", () => true);
    expect(() => health.addCheck("model", () => true)).toThrowError(/"model"/);
  });
});
