import { createServer, get, type IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { aiwatchNode } from "../doors/node.ts";
import { loopIntervalMs } from "../event-loop/loop-watch.ts";
import type { InferenceHandle, InferenceRecord, RequestRecord, ToolRecord } from "../index.ts";
import { serveWith } from "../test-support/served-app.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { elapsedMs } from "./time.ts";

afterEach(realTimers);

function realTimers(): void {
  vi.useRealTimers();
  vi.restoreAllMocks();
}

/** What an app's test takes over, and gives back. */
const faked = ["performance", "Date", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"] as const;
function fakeTimers(): void {
  vi.useFakeTimers({ toFake: [...faked], now: 0 });
  // some fake the global object, and some the one object that everybody has
  vi.spyOn(performance, "now").mockReturnValue(0);
}

const answerOf = (url: string) =>
  new Promise<void>((resolve, reject) => {
    get(url, { agent: false }, (answer: IncomingMessage) => answer.resume().on("end", resolve)).on("error", reject);
  });

describe("fake timers that are installed within a request", () => {
  it("change no time of the request, of its inferences and of their tools", async () => {
    const begun = Date.now();
    const tools: ToolRecord[] = [];
    const app = await serveWith(
      (aiwatch) => {
        const handler = aiwatchNode((_req, res) => {
          const inference = aiwatch.startInference({ model: "tiny" });
          inference.evaluationBegun();
          const tool = inference.startTool({ name: "t" });
          fakeTimers();
          inference.token();
          inference.token();
          tool.end();
          inference.end({ unified: "stop" });
          res.end();
        }, aiwatch);
        return createServer(handler);
      },
      { observers: [{ name: "tools", toolEnded: (record) => tools.push(record) }] },
    );
    await answerOf(`${app.url}/chat`);
    realTimers();
    const [request] = (await app.settled(1)) as [RequestRecord];
    const [inference] = app.inferences;
    for (const record of [request, inference, tools[0]]) {
      expect(record?.durationMs).toBeGreaterThanOrEqual(0);
      expect(record?.durationMs).toBeLessThan(60_000);
    }
    for (const name of ["queueMs", "firstTokenMs", "promptEvalMs", "decodeMs"] as const) {
      expect(inference?.[name]).toBeGreaterThanOrEqual(0);
    }
    for (const { startedAt } of [request, inference!]) expect(startedAt.getTime()).toBeGreaterThanOrEqual(begun);
    expect(app.diagnostics).toEqual([]);
  });

  it("hold up no scrape, and make no event loop look late", async () => {
    const { aiwatch, inferences, registry, sample } = createTestAiwatch();
    fakeTimers();
    const inference = aiwatch.startInference({ model: "tiny" });
    const until = process.hrtime.bigint() + BigInt(20 * loopIntervalMs) * 1_000_000n;
    // the loop turns: its real timer, and no fake one, is what fires
    const turns = new Promise<void>((resolve) => {
      const look = () => (process.hrtime.bigint() > until ? resolve() : void setImmediateOfNode(look));
      look();
    });
    await turns;
    inference.end({ unified: "stop" });
    await registry.metrics();
    expect(inferences[0]?.eventLoopDelayMs).toBeLessThan(15 * loopIntervalMs);
    expect(await sample("genai_app_event_loop_delay_seconds_count")).toBeGreaterThanOrEqual(1);
  });
});

const setImmediateOfNode = setImmediate;

it.each([
  ["throws", () => expect.unreachable()],
  ["tells NaN", () => Number.NaN],
  ["tells a text", () => "soon" as never],
  [
    "goes back",
    (() => {
      let now = 0;
      return () => (now -= 5);
    })(),
  ],
])("a clock that %s never reaches the app, and no time that it told is recorded", async (_what, now) => {
  const { aiwatch, inferences, registry, sample } = createTestAiwatch({ clock: { now } });
  const inference = aiwatch.startInference({ model: "tiny" });
  inference.evaluationBegun();
  inference.tokenAsked();
  inference.token();
  inference.token();
  inference.startTool({ name: "t" }).end();
  inference.end({ unified: "stop" });
  expect(aiwatch.metrics.histogram({ name: "app_seconds", help: "x" }).time(() => 5)).toBe(5);
  JSON.stringify(aiwatch.summary());
  await aiwatch.health.readiness();
  await registry.metrics();
  await aiwatch.close();
  for (const name of ["durationMs", "queueMs", "firstTokenMs", "decodeMs", "tokensPerSecond", "tokenGaps"]) {
    expect(inferences[0]).not.toHaveProperty(name);
  }
  expect(await sample("genai_app_inferences_total", { model: "tiny", operation: "chat", finish_reason: "stop" })).toBe(
    1,
  );
  expect(await sample("app_seconds_count")).toBe(0);
});

/** What an adapter tells on the way. */
const events = {
  evaluationBegun: (inference: InferenceHandle) => inference.evaluationBegun(),
  firstToken: (inference: InferenceHandle) => inference.firstToken(),
  tokenAsked: (inference: InferenceHandle) => inference.tokenAsked(),
  token: (inference: InferenceHandle) => inference.token(),
  tool: (inference: InferenceHandle) => inference.startTool({ name: "t" }).end(),
};

/** A clock that moves as it likes, and may tell nothing. */
function movingClock() {
  let told = 100;
  return {
    now: () => told,
    move(milliseconds: number) {
      told = (Number.isNaN(told) ? 100 : told) + milliseconds;
    },
  };
}

function expectNothingBelow0(record: InferenceRecord | undefined): void {
  const times = Object.entries(record ?? {}).filter(([name]) => /Ms$|PerSecond$/.test(name));
  expect(times.filter(([, value]) => !(value >= 0))).toEqual([]);
}

describe("a clock that goes back", () => {
  const step = fc.oneof(fc.double({ min: -50, max: 50, noNaN: true }), fc.constantFrom(Number.NaN, -1e9, 0, 3));
  const event = fc.constantFrom(...(Object.keys(events) as (keyof typeof events)[]));

  it("gives each time as it was or not at all, never below 0, and loses no count", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(event, step), { maxLength: 20 }), async (steps) => {
        const clock = movingClock();
        const test = createTestAiwatch({ clock, slo: { latencyMs: 20, firstTokenMs: 10 } });
        const inference = test.aiwatch.startInference({ model: "tiny" });
        for (const [name, milliseconds] of steps) {
          clock.move(milliseconds);
          events[name](inference);
        }
        inference.end({ unified: "stop" });
        expectNothingBelow0(test.inferences[0]);
        const tokens = steps.filter(([name]) => name === "token").length;
        const buckets = test.inferences[0]?.tokenGaps?.buckets ?? [];
        expect(buckets.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(tokens);
        expect(await test.sample("genai_app_chat_tokens_total", { direction: "output", model: "tiny" })).toBe(tokens);
        const metrics = await test.registry.getMetricsAsJSON();
        const values = metrics.flatMap((metric) => metric.values.map(({ value }) => value));
        expect(values.filter((value) => !(value >= 0))).toEqual([]);
        await test.aiwatch.close();
      }),
      { numRuns: 80 },
    );
  });

  it("judges no latency that nobody knows, and a failure all the same", () => {
    let now = 100;
    const { aiwatch, inferences } = createTestAiwatch({ clock: { now: () => now }, slo: { latencyMs: 20 } });
    const [good, bad] = [aiwatch.startInference({ model: "tiny" }), aiwatch.startInference({ model: "tiny" })];
    now = 50;
    good.end({ unified: "stop" });
    bad.fail(new Error("x"));
    expect(inferences.map(({ slo, durationMs }) => [slo, durationMs])).toEqual([
      [undefined, undefined],
      ["bad", undefined],
    ]);
  });

  it("lets no health check's answer hold for longer than it may", async () => {
    const clock = fakeClock(1000);
    const { aiwatch } = createTestAiwatch({ clock });
    let asked = 0;
    const check = () => {
      asked += 1;
      return true;
    };
    aiwatch.health.addCheck("store", check, { cacheMs: 100 });
    await aiwatch.health.readiness();
    await aiwatch.health.readiness();
    expect(asked).toBe(1);
    clock.advance(-500);
    await aiwatch.health.readiness();
    expect(asked).toBe(2);
  });

  it("shows no decode rate whose age nobody knows", () => {
    const clock = fakeClock(1000);
    const { aiwatch } = createTestAiwatch({ clock });
    aiwatch.reportModel("tiny", { tokensPerSecond: 5 });
    expect(hostOf(aiwatch).models.read().get("tiny")?.tokensPerSecond).toBe(5);
    clock.advance(-500);
    expect(hostOf(aiwatch).models.read().get("tiny")).not.toHaveProperty("tokensPerSecond");
  });

  it("tells the time between two moments, or nothing", () => {
    expect([elapsedMs(1, 3), elapsedMs(3, 3), elapsedMs(3, 1)]).toEqual([2, 0, undefined]);
    expect([elapsedMs(undefined, 1), elapsedMs(1, undefined), elapsedMs(Number.NaN, 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
