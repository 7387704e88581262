import { setImmediate as turn } from "node:timers/promises";
import type { Observer, ToolRecord } from "@aiwatch/core";
import { handleSignals } from "@aiwatch/core/shutdown";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { hostOf } from "../test-support/host.ts";
import { runModule } from "../test-support/run-module.ts";
import { UnsettledSequence, unsettledCalls } from "../test-support/unsettled-engine.ts";

const disposed = { finishReason: { unified: "error" }, failure: { type: "disposed" } };

function setUp(kind = "a prompt", ...observers: Observer[]) {
  let count = () => {};
  const ended = (wanted: number) =>
    new Promise<void>((resolve) => {
      count = () => seen.inferences.length >= wanted && resolve();
      count();
    });
  // the test's own observer comes first, and has the record by then
  const seen: TestAiwatch = createTestAiwatch({
    observers: [{ name: "waiter", inferenceEnded: () => count() }, ...observers],
  });
  const sequence = new UnsettledSequence();
  const observe = (target: object) =>
    void instrumentModel(target as Instrumentable, { aiwatch: seen.aiwatch, model: "tiny" });
  const call = unsettledCalls[kind]!(sequence, observe);
  return { ...seen, sequence, call, ended };
}

function running({ aiwatch }: TestAiwatch) {
  const { activeInferences, queuedInferences } = hostOf(aiwatch).models.read().get("tiny") ?? {};
  return [activeInferences, queuedInferences];
}

describe.each(Object.keys(unsettledCalls))("%s that nobody settles", (kind) => {
  test("ends as failed once its sequence is disposed under it, and never twice", async () => {
    const test = setUp(kind);
    void test.call();
    void test.call();
    test.sequence.dispose();
    expect(test.inferences).toEqual([]);
    await test.ended(2);
    expect(test.inferences).toMatchObject([disposed, disposed]);
    expect(running(test)).toEqual([0, 0]);
    for (const { settle } of test.sequence.calls) settle({});
    await Promise.resolve();
    expect(test.inferences).toHaveLength(2);
    expect(test.diagnostics).toEqual([]);
  });
});

test.each(["a prompt", "an answer of a chat", "a completion", "an embedding", "a ranking"])(
  "%s that is begun while its sequence is being disposed ends as the others",
  async (kind) => {
    const test = setUp(kind);
    test.sequence.onDispose.dispatch();
    void test.call();
    await test.ended(1);
    expect(test.inferences).toMatchObject([disposed]);
  },
);

test("a promise that is about to settle says its own end, and the app's stays as it is", async () => {
  const { call, sequence, inferences } = setUp();
  const first = call();
  const second = call();
  sequence.dispose();
  const error = new RangeError("the app's own");
  sequence.calls[0]!.settle({ stopReason: "eogToken" });
  sequence.calls[1]!.fail(error);
  expect(await first).toEqual({ stopReason: "eogToken" });
  await expect(second).rejects.toBe(error);
  expect(inferences).toMatchObject([{ finishReason: { raw: "eogToken" } }, { failure: { type: "RangeError" } }]);
});

test("what the caller had called off is an abort, before the dispose or right after it", async () => {
  const test = setUp();
  const signals = [AbortSignal.abort(), new AbortController()] as const;
  void test.call({ signal: signals[0] });
  void test.call({ signal: signals[1].signal });
  test.sequence.dispose();
  signals[1].abort();
  await test.ended(2);
  expect(test.inferences.map(({ finishReason }) => finishReason.unified)).toEqual(["aborted", "aborted"]);
});

describe("a bare evaluation that is between two tokens when its sequence is disposed", () => {
  /** The engine's moment is over when it has ended what it never settles. */
  async function paused() {
    const test = setUp("a bare evaluation");
    const { sequence } = test;
    const generator = sequence.evaluateWithMetadata();
    const first = generator.next();
    sequence.calls[0]!.settle({ token: 5 });
    await first;
    const other = sequence.evaluateWithMetadata().next();
    sequence.dispose();
    await test.ended(1);
    expect(test.inferences).toMatchObject([disposed]);
    return { ...test, generator, other };
  }

  test("is its consumer's to end, however long that takes", async () => {
    const { generator, inferences } = await paused();
    await generator.return(undefined);
    expect(inferences.slice(1)).toMatchObject([
      { finishReason: { unified: "aborted", raw: "return" }, outputTokens: 1 },
    ]);
  });

  test("fails with what the engine answers to the next asking", async () => {
    const { generator, inferences, sequence } = await paused();
    const second = generator.next();
    sequence.calls.at(-1)!.fail(new RangeError("the engine's own"));
    await expect(second).rejects.toThrow("the engine's own");
    expect(inferences.slice(1)).toMatchObject([{ failure: { type: "RangeError" }, outputTokens: 1 }]);
  });

  test("ends a moment after it was asked again, where the engine answers nothing", async () => {
    const { generator, inferences, ended } = await paused();
    const asked = performance.now();
    void generator.next();
    await ended(2);
    expect(performance.now() - asked).toBeGreaterThan(900);
    expect(inferences.slice(1)).toMatchObject([{ ...disposed, outputTokens: 1 }]);
  });

  test("holds a graceful stop up no longer than its timeout", async () => {
    const { aiwatch, inferences } = await paused();
    const exited = new Promise<number>((exit) => {
      onTestFinished(handleSignals(aiwatch, { signals: ["SIGUSR2"], timeoutMs: 50, exit }));
    });
    process.emit("SIGUSR2", "SIGUSR2");
    expect(await exited).toBeGreaterThan(128);
    expect(inferences).toHaveLength(1);
  });
});

test("a token, a batch and a prompt that come after the end change nothing", async () => {
  const test = setUp("a bare evaluation");
  const generator = test.sequence.evaluateWithMetadata();
  void generator.next();
  test.sequence.dispose();
  await test.ended(1);
  test.sequence.calls[0]!.settle({ token: 5 });
  await Promise.resolve();
  void generator.return(undefined);
  expect(test.inferences).toMatchObject([disposed]);
  expect(running(test)).toEqual([0, 0]);
});

test("a tool in flight ends by itself, once, and its inference does not wait for it", async () => {
  const tools: ToolRecord[] = [];
  const test = setUp("a prompt", { name: "tools", toolEnded: (record) => void tools.push(record) });
  const { sequence } = test;
  let answer = (_weather: string) => {};
  const weather = {
    handler: () =>
      new Promise<string>((resolve) => {
        answer = resolve;
      }),
  };
  const session = {
    sequence,
    promptWithMeta: async (_prompt: string, options: { readonly functions: { readonly weather: typeof weather } }) => {
      await options.functions.weather.handler();
      return sequence.call();
    },
    completePromptWithMeta: sequence.call,
  };
  instrumentModel(session, { aiwatch: test.aiwatch, model: "tiny" });
  void session.promptWithMeta("Tell me", { functions: { weather } });
  sequence.dispose();
  await test.ended(1);
  expect(test.inferences).toMatchObject([{ ...disposed, toolCalls: 1 }]);
  expect(tools).toEqual([]);
  answer("sunny");
  await turn();
  expect(tools).toMatchObject([{ tool: "weather", outcome: "ok" }]);
});

test("a graceful stop does not wait its timeout", async () => {
  const { aiwatch, call, sequence } = setUp();
  void call();
  sequence.dispose();
  const exited = new Promise<number>((exit) => {
    onTestFinished(handleSignals(aiwatch, { signals: ["SIGUSR2"], exit }));
  });
  process.emit("SIGUSR2", "SIGUSR2");
  // after its timeout it would be 128 and the signal's number
  expect(await exited).toBe(0);
});

describe("within the moment after a dispose", () => {
  test("close() ends what the engine left open before it closes an observer, and nothing else", async () => {
    const told: string[] = [];
    const observer: Observer = {
      name: "told",
      inferenceEnded: ({ failure }) => void told.push(failure?.type ?? "none"),
      close: () => void told.push("closed"),
    };
    const test = setUp("a bare evaluation", observer);
    const { sequence, aiwatch } = test;
    const paused = sequence.evaluateWithMetadata();
    const first = paused.next();
    sequence.calls[0]!.settle({ token: 5 });
    await first;
    void test.call();
    const other = new UnsettledSequence();
    instrumentModel(other as Instrumentable, { aiwatch, model: "tiny" });
    void other.evaluateWithMetadata().next();
    const byHand = aiwatch.startInference({ model: "tiny" });
    sequence.dispose();
    await aiwatch.close();
    expect(told).toEqual(["disposed", "closed"]);
    // another sequence's, the one whose consumer is busy, and the app's own
    expect([running(test), byHand.ended]).toEqual([[1, 2], false]);
    byHand.end({ unified: "stop" });
    await paused.return(undefined);
    expect(told).toEqual(["disposed", "closed", "none", "none"]);
  });

  test.each(["close", "exit", "end"])("nothing is left open by a process's end: %s", async (how) => {
    const { stdout, stderr } = await runModule("disposed-at-exit", how);
    expect(JSON.parse(stdout)).toEqual({ types: ["disposed"], openSpans: 0 });
    expect(stderr).toContain("disposed");
  });
});

test("an instance of a core from before takes what the adapter tells", async () => {
  const test = setUp();
  const older = new Proxy(test.aiwatch, {
    get(target, name) {
      const value: unknown =
        name === "issueInference" || name === "endsAtLast" ? undefined : Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const sequence = new UnsettledSequence();
  instrumentModel(sequence as Instrumentable, { aiwatch: older, model: "tiny" });
  void sequence.evaluateWithoutGeneratingNewTokens();
  void sequence.evaluateWithoutGeneratingNewTokens();
  sequence.calls[0]!.settle(undefined);
  sequence.dispose();
  await test.ended(2);
  expect(test.inferences).toMatchObject([{ finishReason: { unified: "stop" } }, disposed]);
  expect(test.diagnostics).toEqual([]);
});

test("no listener of ours is left on what lives on", () => {
  const sequence = new UnsettledSequence();
  const { aiwatch } = createTestAiwatch();
  instrumentModel(sequence, { aiwatch });
  expect(sequence.onDispose.listenerCount).toBeGreaterThan(0);
  uninstrument(sequence);
  expect(sequence.onDispose.listenerCount).toBe(0);
});

test("what nobody can settle, since its sequence was collected, ended with it; a sequence that lives on holds nothing that was settled", async () => {
  const { stdout } = await runModule("collected-calls");
  const types = ["disposed", "disposed", "disposed", "disposed"];
  const ended = { held: 0, types, active: 0, queued: 0, evaluating: [1, 0] };
  const settled = { issued: 3, held: 0, disposed: false };
  expect(JSON.parse(stdout)).toEqual({ ...ended, settled });
});

test("llama.cpp's own calls end, whatever is disposed under them", async () => {
  const { stdout } = await runModule("disposed-calls");
  const cases: { name: string; begun: number; ended: number; running: number[]; openSpans: number }[] =
    JSON.parse(stdout);
  expect(cases.length).toBeGreaterThan(20);
  for (const { name, begun, ended, running: left, openSpans } of cases)
    expect({ name, begun, left, openSpans }).toEqual({ name, begun: ended, left: [0, 0], openSpans: 0 });
}, 60_000);
