import { setTimeout as sleep } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { defineChatSessionFunction } from "node-llama-cpp";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";
import { decodedTokens, watchNatively } from "../test-support/native-batches.ts";
import { newSession } from "../test-support/sessions.ts";

const model = "tiny-functions";
const tool = "getWeather";
const params = { type: "object", properties: { city: { type: "string" } } } as const;

async function observed() {
  const context = await tinyContext({ contextSize: 1024 }, "functions");
  const native = watchNatively(context);
  const seen = createTestAiwatch();
  const contextSequence = context.getSequence();
  const session = instrumentModel(newSession(contextSequence), { aiwatch: seen.aiwatch });
  const calls = async () => {
    const outcomes = ["ok", "error", "aborted"] as const;
    const counts = outcomes.map((outcome) => seen.sample("genai_app_tool_calls_total", { model, tool, outcome }));
    return Promise.all(counts);
  };
  const seconds = (part: "count" | "sum") => seen.sample(`genai_app_tool_call_seconds_${part}`, { model, tool });
  return { ...seen, context, native, session, calls, seconds };
}

test("a function's calls are counted and take the time of the test's own clock", async () => {
  const { context, native, session, calls, seconds, inferences } = await observed();
  let tookMs = 0;
  const getWeather = defineChatSessionFunction({
    params,
    async handler({ city }) {
      const called = performance.now();
      await sleep(60);
      tookMs += performance.now() - called;
      return `sunny in ${city}`;
    },
  });
  await session.prompt("How is the weather?", { functions: { getWeather }, maxTokens: 200 });
  await session.prompt("How is the weather now?", { functions: { getWeather }, maxTokens: 200 });
  expect(await calls()).toEqual([2, 0, 0]);
  expect(await seconds("count")).toBe(2);
  // two readings of the clock apart, with a turn of a promise between them
  const sumMs = (await seconds("sum"))! * 1000;
  expect(sumMs).toBeGreaterThanOrEqual(tookMs);
  expect(sumMs - tookMs).toBeLessThan(4);
  // one inference each, the call and the answer after it together
  expect(inferences.map(({ toolCalls }) => toolCalls)).toEqual([1, 1]);
  // the function's time is in no gap between two tokens
  for (const { tokenGaps, durationMs } of inferences) expect(tokenGaps!.sumMs).toBeLessThan(durationMs! - 60);
  // what was decoded and is no generated token that was fed back was prompt: the functions, the question, the result
  const prefilled = inferences.reduce((sum, { promptEvalTokens }) => sum + promptEvalTokens!, 0);
  const fedBack = native.decoded.flat().filter(({ isFedBack }) => isFedBack).length;
  expect(prefilled).toBe(decodedTokens(native) - fedBack);
  expect(native.sampledAt).toHaveLength(inferences.reduce((sum, { outputTokens }) => sum + outputTokens!, 0));
  await context.dispose();
});

/** Begins when it is awaited, as the queries of some databases do. */
class Query {
  awaited = 0;
  readonly #run: () => Promise<string>;

  constructor(run: () => Promise<string>) {
    this.#run = run;
  }

  // biome-ignore lint/suspicious/noThenProperty: it stands for those that have one
  then(...listeners: Parameters<Promise<string>["then"]>) {
    this.awaited += 1;
    return this.#run().then(...listeners);
  }
}

test("one that gives a query takes the time of the query, which runs once", async () => {
  const { context, session, calls, seconds } = await observed();
  const query = new Query(() => sleep(60, "sunny"));
  const getWeather = defineChatSessionFunction({ params, handler: () => query });
  await session.prompt("How is the weather?", { functions: { getWeather }, maxTokens: 200 });
  expect(await calls()).toEqual([1, 0, 0]);
  expect(await seconds("sum")).toBeGreaterThan(0.05);
  expect(query.awaited).toBe(1);
  await context.dispose();
});

test("one that gives a query that fails failed", async () => {
  const { context, session, calls } = await observed();
  const broken = new RangeError("no such city");
  const query = new Query(() => Promise.reject(broken));
  const getWeather = defineChatSessionFunction({ params, handler: () => query });
  await expect(session.prompt("How is the weather?", { functions: { getWeather } })).rejects.toBe(broken);
  expect(await calls()).toEqual([0, 1, 0]);
  await context.dispose();
});

test("one that throws is the tool's error, and its time counts", async () => {
  const { context, session, calls, seconds, sample } = await observed();
  const broken = new RangeError("no such city");
  const getWeather = defineChatSessionFunction({
    params,
    handler() {
      throw broken;
    },
  });
  await expect(session.prompt("How is the weather?", { functions: { getWeather } })).rejects.toBe(broken);
  expect(await calls()).toEqual([0, 1, 0]);
  expect(await seconds("count")).toBe(1);
  for (const operation of ["tool", "inference"]) {
    expect(await sample("genai_app_errors_total", { type: "RangeError", operation })).toBe(1);
  }
  await context.dispose();
});

test("one that passes the abort on is called off, and so is its inference", async () => {
  const { context, session, calls, sample, inferences } = await observed();
  const controller = new AbortController();
  const reason = new Error("the user left");
  const { signal } = controller;
  const getWeather = defineChatSessionFunction({
    params,
    async handler() {
      controller.abort(reason);
      signal.throwIfAborted();
    },
  });
  await expect(session.prompt("How is the weather?", { signal, functions: { getWeather } })).rejects.toBe(reason);
  expect(await calls()).toEqual([0, 0, 1]);
  expect(inferences).toMatchObject([{ finishReason: { unified: "aborted" }, toolCalls: 1 }]);
  expect(await sample("genai_app_errors_total", { type: "tool_failed", operation: "tool" })).toBe(0);
  await context.dispose();
});
