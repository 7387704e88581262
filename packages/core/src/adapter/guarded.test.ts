import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { trace } from "@opentelemetry/api";
import { describe, expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import { adapterOf } from "./host.ts";
import { observeIterable, observeIterator } from "./iterator-tap.ts";
import { observePromise, runObserved } from "./observed-call.ts";
import { observeTool } from "./tools.ts";

const spans = recordedSpans();

const throws = () => {
  throw new TypeError("the adapter's own");
};
const rejects = async () => throws();

function setUp() {
  const test = createTestAiwatch();
  const host = adapterOf(test.aiwatch, { name: "tiny-engine" });
  return { ...test, host, inference: host.issueInference({ model: "tiny" }) };
}

async function* generate() {
  yield 1;
  yield 2;
  return "eos";
}

const failure = new Error("the engine's own");

describe("what the functions of an adapter throw", () => {
  it.each([
    ["a value", () => "answer"],
    ["a promise", async () => "answer"],
  ])("ends the inference of %s that is whole, and the app has its answer", async (_what, call) => {
    const { host, inference, inferences, diagnostics } = setUp();
    expect(await runObserved({ inference, completed: throws, failed: throws }, call, host.diagnostics)).toBe("answer");
    expect(inferences).toMatchObject([{ finishReason: { unified: "stop" } }]);
    expect(diagnostics).toMatchObject([{ source: "adapter", what: "ending an observed call" }]);
  });

  it.each([
    [
      "throws",
      () => {
        throw failure;
      },
    ],
    ["rejects", () => Promise.reject(failure)],
  ])("ends the inference of a call that %s, and the app has its error", async (_what, call) => {
    const { host, inference, inferences, diagnostics } = setUp();
    const given = async () => runObserved({ inference, completed: throws, failed: throws }, call, host.diagnostics);
    await expect(given()).rejects.toBe(failure);
    expect(inferences).toMatchObject([{ finishReason: { unified: "error" }, failure: { type: "Error" } }]);
    expect(diagnostics).toHaveLength(1);
  });

  it("leaves an inference alone that it has ended", async () => {
    const { host, inference, inferences } = setUp();
    const completed = () => {
      inference.end({ unified: "length" });
      throws();
    };
    await runObserved({ inference, completed, failed: throws }, async () => "answer", host.diagnostics);
    expect(inferences).toMatchObject([{ finishReason: { unified: "length" } }]);
  });

  it("costs a promise nothing", async () => {
    const { host, diagnostics } = setUp();
    const observer = { completed: throws, failed: rejects };
    expect(await observePromise(Promise.resolve("answer"), observer, host.diagnostics)).toBe("answer");
    await expect(observePromise(Promise.reject(failure), observer, host.diagnostics)).rejects.toBe(failure);
    expect(diagnostics.map(({ what }) => what)).toEqual(["observing a promise", "observing a promise"]);
  });

  it.each([
    ["throw", throws],
    ["reject", rejects],
  ])("costs an iteration nothing where they %s", async (_how, broken) => {
    const { host, diagnostics } = setUp();
    const events = { begins: broken, done: broken, failed: broken, leaves: broken, left: broken };
    const observer = { asks: broken, yields: broken, ...events };
    const got: number[] = [];
    for await (const value of observeIterator(generate(), observer, observer, host.diagnostics)) got.push(value);
    expect(got).toEqual([1, 2]);
    await new Promise(setImmediate);
    // begins, three times asks, twice yields, done
    expect(diagnostics).toHaveLength(7);
    for await (const _value of observeIterator(generate(), observer, observer, host.diagnostics)) break;
    await new Promise(setImmediate);
    // begins, asks, yields, leaves, left
    expect(diagnostics).toHaveLength(12);
    expect(new Set(diagnostics.map(({ what }) => what))).toEqual(new Set(["observing an iteration"]));
  });

  it("costs a stream nothing", async () => {
    const { host, diagnostics } = setUp();
    const stream = { [Symbol.asyncIterator]: generate };
    observeIterable(stream, throws, host.diagnostics);
    const got: number[] = [];
    for await (const value of stream) got.push(value);
    expect([got, diagnostics.length]).toEqual([[1, 2], 1]);
  });

  it("costs a tool nothing, and its call ends", async () => {
    const { host, inference, diagnostics, sample } = setUp();
    const owner = { inference, diagnostics: host.diagnostics, isAborted: throws, toolFailed: throws };
    const tool = { execute: () => Promise.reject(failure) };
    const observed = observeTool(tool, "execute", { name: "weather" }, owner) as typeof tool;
    await expect(observed.execute()).rejects.toBe(failure);
    expect(diagnostics).toHaveLength(2);
    expect(await sample("genai_app_tool_calls_total", { model: "tiny", tool: "weather", outcome: "error" })).toBe(1);
  });
});

it("a tool without the function stays itself: the app runs it", () => {
  const { host, inference } = setUp();
  const tool = { description: "asks the user" };
  const owner = { inference, diagnostics: host.diagnostics, isAborted: () => false };
  expect(observeTool(tool, "execute", { name: "ask" }, owner)).toBe(tool);
});

it("`done` has what the generator returned", async () => {
  const returned: unknown[] = [];
  const events = { done: (value: unknown) => void returned.push(value) };
  for await (const _value of observeIterator(generate(), { yields() {} }, events));
  expect(returned).toEqual(["eos"]);
});

it("an iterator works inside the span of its inference, to its clean-up", async () => {
  const { host, inference } = setUp();
  async function* working() {
    try {
      trace.getTracer("engine").startSpan("decode").end();
      yield 1;
    } finally {
      trace.getTracer("engine").startSpan("clean up").end();
    }
  }
  const events = { inference: () => inference, left: () => inference.abort("break") };
  for await (const _value of observeIterator(working(), { yields() {} }, events, host.diagnostics)) break;
  const parents = spans().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId]);
  const { spanId } = inference.span.spanContext();
  expect(parents.slice(0, 2)).toEqual([
    ["decode", spanId],
    ["clean up", spanId],
  ]);
});

it("an iterator that was begun and forgotten is dropped, once; others are not", async () => {
  const program = `import { observeIterator } from "./src/adapter/index.ts";
    const seen = [];
    async function* generate() { yield 1; yield 2; }
    const observe = (name) => observeIterator(generate(), { yields() {} }, { dropped: () => seen.push(name) });
    const held = observe("held");
    await held.next();
    await (async () => {
      await observe("dropped").next();
      observe("never begun");
      for await (const value of observe("whole"));
      for await (const value of observe("left")) break;
    })();
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise(setImmediate);
      gc();
    }
    console.log(seen.join(), (await held.next()).value);`;
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning"];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const ended = await runToEnd(process.execPath, [...flags, "--input-type=module"], {
    cwd,
    stdin: program,
    timeoutMs: 20_000,
  });
  expect(ended).toMatchObject({ stdout: "dropped 2\n", stderr: "" });
});
