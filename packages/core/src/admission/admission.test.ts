import { getEventListeners } from "node:events";
import { AggregatorRegistry } from "prom-client";
import { describe, expect, it } from "vitest";
import { createAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { catalogue } from "../catalogue/index.ts";
import { admissionOutcomes } from "../catalogue/values.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { figuresOf, noFigures, openRequest, setUp } from "./test-support/set-up.ts";

describe("a queue", () => {
  it("begins at 0 when it is declared, and is the same one by the same name", async () => {
    const { aiwatch, admission, figures } = setUp();
    expect(await figures()).toEqual(noFigures);
    expect(aiwatch.admission({ queue: "line" })).toBe(admission);
    expect(aiwatch.admission({ queue: "other line" })).not.toBe(admission);
    expect(admission.queue).toBe("line");
  });

  it.each([[undefined], [null], ["line"], [{}], [{ queue: "" }], [{ queue: 5 }], [{ queue: "line", order: "lifo" }]])(
    "cannot be made of %j",
    (options) => {
      const { aiwatch } = setUp();
      expect(() => aiwatch.admission(options as never)).toThrow(/admission\(\)/);
      expect(() => aiwatch.admission(options as never)).toThrow(
        expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }),
      );
    },
  );

  it("takes null for an order that is not told, as plain JavaScript does", () => {
    const { aiwatch } = setUp();
    expect(aiwatch.admission({ queue: "line", order: null as never }).queue).toBe("line");
  });

  it("of a name over the cap is counted as other, each end as dropped, and knows its own line", async () => {
    const test = createTestAiwatch();
    const { cap } = catalogue.admissions.labels.queue;
    for (let n = 0; n < cap; n += 1) test.aiwatch.admission({ queue: `q${n}` });
    const late = [1, 2].map((n) => test.aiwatch.admission({ queue: `late${n}`, order: "fifo" }));
    const entries = late.map((admission) => [admission.enter(), admission.enter()]);
    expect(entries.map(([, second]) => second?.ahead)).toEqual([1, 1]);
    expect(await figuresOf(test, "other")).toMatchObject({ waiting: 4 });
    for (const entry of entries.flat()) entry.admitted();
    expect(await figuresOf(test, "other")).toMatchObject({ waiting: 0, waits: 4, admitted: 4 });
    for (const { name } of [catalogue.admissions, catalogue.admissionWait]) {
      expect(await test.sample("genai_app_series_dropped_total", { metric: name })).toBe(4);
    }
    expect(await test.sample("genai_app_series_dropped_total", { metric: catalogue.admissionWaiting.name })).toBe(
      undefined,
    );
  });
});

describe("an entry by hand", () => {
  it.each(admissionOutcomes)("ends once, as %s, whatever is reported after", async (outcome) => {
    const { admission, clock, figures } = setUp();
    const entry = admission.enter();
    expect(entry.ended).toBe(false);
    clock.advance(250);
    expect(await figures()).toEqual({ ...noFigures, waiting: 1 });
    entry[outcome]();
    for (const later of admissionOutcomes) entry[later]();
    expect(entry.ended).toBe(true);
    const measured = outcome === "admitted" ? { waits: 1, seconds: 0.25 } : {};
    expect(await figures()).toEqual({ ...noFigures, ...measured, [outcome]: 1 });
  });

  it("knows how many are ahead where the order is known, while it waits", () => {
    const { admission } = setUp({ order: "fifo" });
    const [a, b, c] = [admission.enter(), admission.enter(), admission.enter()];
    expect([a.ahead, b.ahead, c.ahead]).toEqual([0, 1, 2]);
    b.left();
    expect([a.ahead, b.ahead, c.ahead]).toEqual([0, undefined, 1]);
    expect(setUp().admission.enter().ahead).toBe(undefined);
  });

  it("has left when its signal is aborted, now or later", async () => {
    const { admission, figures } = setUp();
    const gone = new AbortController();
    const entry = admission.enter({ signal: gone.signal });
    const other = admission.enter({ signal: gone.signal });
    other.admitted();
    gone.abort();
    expect([entry.ended, admission.enter({ signal: gone.signal }).ended]).toEqual([true, true]);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 2 });
  });

  it("puts no listener on the app's signal, of which Node 20 would warn", async () => {
    const { admission, figures } = setUp();
    const gone = new AbortController();
    const { signal } = gone;
    for (let n = 0; n < 100; n += 1) admission.enter({ signal });
    expect(getEventListeners(signal, "abort")).toEqual([]);
    gone.abort();
    expect(await figures()).toMatchObject({ waiting: 0, left: 100 });
  });

  it("takes signals of another make, and reports what is none without a word to the app", async () => {
    const { admission, diagnostics, figures } = setUp();
    const listeners = new Set<() => void>();
    const foreign = {
      aborted: false,
      addEventListener: (_type: string, listen: () => void) => void listeners.add(listen),
      removeEventListener: (_type: string, listen: () => void) => void listeners.delete(listen),
    };
    admission.enter({ signal: foreign as never }).admitted();
    expect(listeners.size).toBe(0);
    admission.enter({ signal: foreign as never });
    for (const listen of listeners) listen();
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, left: 1 });
    expect(diagnostics).toEqual([]);
    admission.enter({ signal: {} as never }).admitted();
    expect(diagnostics).toHaveLength(1);
    admission.enter({ signal: { addEventListener() {} } as never }).admitted();
    expect(diagnostics).toHaveLength(2);
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 3 });
  });

  it("has no duration where the clock went back or told no time, and is counted all the same", async () => {
    const times = [1000, 900, Number.NaN, 1200];
    const clock = { now: () => times.shift() ?? 1300 };
    const test = createTestAiwatch({ clock });
    const admission = test.aiwatch.admission({ queue: "line" });
    admission.enter().admitted();
    admission.enter().admitted();
    expect(await figuresOf(test)).toMatchObject({ waiting: 0, admitted: 2, waits: 0, seconds: 0 });
  });

  it.each([[null], [5], ["x"]])("is given what plain JavaScript hands over: %j", (options) => {
    const { admission, diagnostics } = setUp();
    expect(admission.enter(options as never).ended).toBe(false);
    expect(diagnostics).toEqual([]);
  });
});

describe("in a request", () => {
  it("what waits has left when the request closes, and later reports are ignored", async () => {
    const { admission, clock, figures, diagnostics } = setUp();
    const request = openRequest();
    const entry = request.run(() => admission.enter());
    clock.advance(40);
    request.close();
    clock.advance(40);
    entry.admitted();
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
    expect(request.scope.admission).toMatchObject({ waitedMs: 40, waitingSince: undefined, queue: undefined });
    expect(diagnostics).toEqual([]);
  });

  it("what outlives it waits on, and is no wait of the request's; nor is what begins after its close", async () => {
    const { admission, figures } = setUp();
    const request = openRequest();
    const job = request.run(() => admission.enter({ outlivesRequest: true }));
    expect(request.scope).not.toHaveProperty("admission");
    request.close();
    const late = request.run(() => admission.enter());
    expect(await figures()).toEqual({ ...noFigures, waiting: 2 });
    job.admitted();
    late.failed();
    expect(await figures()).toMatchObject({ waiting: 0, admitted: 1, failed: 1, left: 0 });
    expect(request.scope).not.toHaveProperty("admission");
  });

  it("the request knows since when it waits, in which line, and the union of its waits", () => {
    const { aiwatch, admission, clock } = setUp({ order: "fifo" });
    const second = aiwatch.admission({ queue: "second" });
    const stranger = admission.enter();
    const request = openRequest();
    const { scope } = request;
    expect(scope).not.toHaveProperty("admission");
    const a = request.run(() => admission.enter());
    const began = clock.now();
    expect(scope.admission).toMatchObject({ queue: "line", ahead: 1, waitingSince: began, waitedMs: 0 });
    clock.advance(10);
    const b = request.run(() => second.enter());
    expect(scope.admission).toMatchObject({ queue: "second", ahead: undefined, waitingSince: began, waitedMs: 10 });
    clock.advance(10);
    a.admitted();
    stranger.admitted();
    clock.advance(5);
    expect(scope.admission).toMatchObject({ queue: "second", waitingSince: began, waitedMs: 25 });
    b.refused();
    clock.advance(100);
    expect(scope.admission).toMatchObject({ queue: undefined, waitingSince: undefined, waitedMs: 25 });
    const c = request.run(() => admission.enter());
    clock.advance(7);
    c.left();
    expect(scope.admission?.waitedMs).toBe(32);
  });

  it("the time in all is unknown where the clock was", () => {
    let now = 0;
    const { aiwatch } = createTestAiwatch({ clock: { now: () => now } });
    const request = openRequest();
    const entry = request.run(() => aiwatch.admission({ queue: "line" }).enter());
    now = Number.NaN;
    entry.admitted();
    expect(request.scope.admission?.waitedMs).toBe(undefined);
    expect(request.scope.admission?.waitingSince).toBe(undefined);
  });
});

describe("an instance", () => {
  it("that is disabled observes nothing: what it is given comes back", async () => {
    const { aiwatch, registry } = createTestAiwatch({ disabled: true });
    const admission = aiwatch.admission({ queue: "line" });
    const promise = Promise.resolve(5);
    expect(admission.wait(() => promise)).toBe(promise);
    const limit = (task: () => unknown) => task();
    expect(admission.wrap(limit)).toBe(limit);
    const entry = admission.enter();
    expect([entry.ended, entry.ahead]).toEqual([true, undefined]);
    for (const outcome of admissionOutcomes) entry[outcome]();
    const request = openRequest();
    request.run(() => admission.enter());
    expect(request.scope).not.toHaveProperty("admission");
    expect(await registry.getMetricsAsJSON()).toEqual([]);
  });

  it("on the registry of another has its queues, and the same line", async () => {
    const test = createTestAiwatch();
    const other = createAiwatch({ registry: test.registry });
    const here = test.aiwatch.admission({ queue: "line", order: "fifo" });
    const there = other.admission({ queue: "line" });
    const entries = [here.enter(), there.enter()];
    expect(entries.map(({ ahead }) => ahead)).toEqual([0, 1]);
    expect(await figuresOf(test)).toMatchObject({ waiting: 2 });
    for (const entry of entries) entry.admitted();
    expect(await figuresOf(test)).toMatchObject({ waiting: 0, admitted: 2, waits: 2 });
    await other.close();
  });

  it("of each of several processes is added up", async () => {
    const processes = [setUp(), setUp()];
    for (const [index, { admission, clock }] of processes.entries()) {
      for (let n = 0; n <= index; n += 1) admission.enter();
      const entry = admission.enter();
      clock.advance(500);
      entry.admitted();
    }
    const metrics = await Promise.all(processes.map(({ registry }) => registry.getMetricsAsJSON()));
    const text = await AggregatorRegistry.aggregate(metrics).metrics();
    expect(text).toContain('genai_app_admission_waiting{queue="line"} 3\n');
    expect(text).toContain('genai_app_admission_wait_seconds_sum{queue="line"} 1\n');
    expect(text).toContain('genai_app_admissions_total{queue="line",outcome="admitted"} 2\n');
  });

  it("keeps what waits when its counters begin anew", async () => {
    const { admission, registry, figures } = setUp();
    const [a, b] = [admission.enter(), admission.enter()];
    a.admitted();
    registry.resetMetrics();
    expect(await figures()).toEqual({ ...noFigures, waiting: 1 });
    b.left();
    expect(await figures()).toEqual({ ...noFigures, left: 1 });
  });

  it("that stood in goes on with the app's own: what waits ends where it began, what comes is counted there", async () => {
    const before = createTestAiwatch();
    const after = createTestAiwatch();
    const admission = before.aiwatch.admission({ queue: "line", order: "fifo" });
    const early = admission.enter();
    hostOf(before.aiwatch).yieldTo(hostOf(after.aiwatch));
    expect(await figuresOf(after)).toEqual(noFigures);
    const late = admission.enter();
    expect(late.ahead).toBe(0);
    early.admitted();
    expect(await figuresOf(before)).toMatchObject({ waiting: 0, admitted: 1 });
    expect(await figuresOf(after)).toMatchObject({ waiting: 1, admitted: 0 });
    late.left();
    expect(await figuresOf(after)).toMatchObject({ waiting: 0, left: 1 });
  });

  it("that stood in for a disabled one observes no more", async () => {
    const before = createTestAiwatch();
    const admission = before.aiwatch.admission({ queue: "line" });
    const limit = admission.wrap((task: () => number) => task());
    expect(limit(() => 5)).toBe(5);
    hostOf(before.aiwatch).yieldTo(hostOf(createAiwatch({ disabled: true })));
    expect(limit(() => 6)).toBe(6);
    expect(admission.enter().ended).toBe(true);
    expect(await figuresOf(before)).toMatchObject({ waiting: 0, admitted: 1 });
  });

  it("whose registry is at fault costs the app nothing", async () => {
    const { aiwatch, diagnostics } = createTestAiwatch();
    Reflect.set(hostOf(aiwatch).instruments, "admissions", undefined);
    const admission = aiwatch.admission({ queue: "line" });
    const value = {};
    expect(await admission.wait(async () => value)).toBe(value);
    const limit = async (task: () => Promise<unknown>) => task();
    expect(await admission.wrap(limit)(async () => value)).toBe(value);
    admission.enter().admitted();
    expect(diagnostics.length).toBeGreaterThan(0);
  });
});
