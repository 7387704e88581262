import type { Aiwatch, InferenceHandle } from "@aiwatch/core";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { breakTracing, fail, mendTracing, type TracingPart } from "../test-support/broken-tracing.ts";
import { hostOf } from "../test-support/host.ts";
import { type Play, type Seen, scenarios } from "../test-support/scenarios.ts";

afterEach(mendTracing);

const recording = ["add", "begin", "bind", "observe", "set", "end"] as const;

/** What is recorded into: the metrics that are not only read, and the watch on the event loop. But for the counter of our own faults. */
const instruments = Object.entries(hostOf(createTestAiwatch().aiwatch).instruments)
  .filter(([key, instrument]) => key !== "telemetryErrors" && recording.some((method) => method in instrument))
  .map(([key]) => key);

function breakInstrument(instrument: object): void {
  for (const method of recording) if (method in instrument) replace(instrument, method, fail);
}

/** Puts `value` in the place of what a property gives, read or called. */
function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** Lets `change` have each inference's handle. */
function onInference(aiwatch: Aiwatch, change: (inference: InferenceHandle) => void): void {
  const { issueInference } = hostOf(aiwatch);
  replace(aiwatch, "issueInference", (...args: Parameters<typeof issueInference>) => {
    const inference = issueInference.apply(hostOf(aiwatch), args);
    change(inference);
    return inference;
  });
}

/** What an adapter may use of a handle: its methods, and what it reads. */
const handleMembers = [
  "run",
  "evaluationBegun",
  "promptTokens",
  "prefilled",
  "tokenAsked",
  "token",
  "reasoningTokens",
  "undeliveredTokens",
  "contextShift",
  "speculativeTokens",
  "dimensions",
  "startTool",
  "input",
  "output",
  "end",
  "abort",
  "fail",
  "capturesContent",
  "span",
  "ended",
] as const satisfies (keyof InferenceHandle)[];

const toolMembers = ["run", "end", "abort", "fail", "span", "ended"] as const;

function breakMember(target: object, name: string): void {
  const isMethod = typeof Reflect.get(target, name) === "function";
  Object.defineProperty(target, name, { configurable: true, ...(isMethod ? { value: fail } : { get: fail }) });
}

describe.each(Object.keys(scenarios) as (keyof typeof scenarios)[])(
  "%s: the caller sees what it always sees",
  (name) => {
    const hasTools = name === "functions" || name === "failedFunction";
    let play: Play;
    let untouched: Seen;
    /** Which members of the handle, and of its tools, the adapter uses. */
    const used = new Set<string>();

    beforeAll(async () => {
      play = await scenarios[name]();
      untouched = await play(() => {});
      const spying = createTestAiwatch();
      onInference(spying.aiwatch, (inference) => {
        const { startTool } = inference;
        replace(inference, "startTool", (...args: Parameters<typeof startTool>) => {
          const tool = startTool.apply(inference, args);
          spy(tool, toolMembers, "tool.");
          return tool;
        });
        spy(inference, handleMembers, "");
      });
      await observed(spying);
      expect(spying.inferences.length).toBeGreaterThan(0);
    });

    function spy(target: object, members: readonly string[], prefix: string): void {
      for (const member of members) {
        const value: unknown = Reflect.get(target, member);
        const get = () => {
          used.add(`${prefix}${member}`);
          return value;
        };
        // core reads its own members, too: only what is called tells of the adapter, but for the one that it reads
        if (typeof value === "function" || member === "capturesContent") {
          Object.defineProperty(target, member, { configurable: true, get });
        }
      }
    }

    /** Plays observed by `seen`, and compares. */
    async function observed(seen: TestAiwatch): Promise<void> {
      let target: object | undefined;
      const played = await play((instrumented) => {
        target = instrumented;
        expect(instrumentModel(instrumented, { aiwatch: seen.aiwatch })).toBe(instrumented);
      });
      if (target !== undefined) uninstrument(target);
      expect(played).toEqual(untouched);
      if (untouched.error !== undefined) expect(played.error).toBe(untouched.error);
    }

    /** All faults are of one source, told and counted. */
    async function expectFaults({ diagnostics, sample }: TestAiwatch, source: string): Promise<void> {
      expect(new Set(diagnostics.map((fault) => fault.source))).toEqual(new Set([source]));
      expect(await sample("genai_app_telemetry_errors_total", { source })).toBe(diagnostics.length);
    }

    test.each(["watch", "nameOf"])("the board's %s throws", async (method) => {
      const seen = createTestAiwatch();
      replace(hostOf(seen.aiwatch).models, method, fail);
      await observed(seen);
      expect(seen.inferences.length).toBeGreaterThan(0);
      expect(seen.diagnostics.length).toBeGreaterThan(0);
      const sources = new Set(seen.diagnostics.map(({ source }) => source));
      expect([...sources].every((source) => source === "adapter" || source === "registry")).toBe(true);
    });

    test("starting an inference throws", async () => {
      const seen = createTestAiwatch();
      replace(seen.aiwatch, "issueInference", fail);
      await observed(seen);
      expect(seen.inferences).toEqual([]);
      await expectFaults(seen, "adapter");
    });

    test.each(handleMembers)("an inference's %s throws", async (member) => {
      const seen = createTestAiwatch();
      onInference(seen.aiwatch, (inference) => breakMember(inference, member));
      await observed(seen);
      if (member === "span" || member === "ended") return;
      if (used.has(member)) await expectFaults(seen, member === "run" ? "tracer" : "adapter");
      else expect(seen.diagnostics).toEqual([]);
    });

    test("all that an inference has throws", async () => {
      const seen = createTestAiwatch();
      onInference(seen.aiwatch, (inference) => {
        for (const member of handleMembers) breakMember(inference, member);
      });
      await observed(seen);
      expect(seen.inferences).toEqual([]);
      expect(new Set(seen.diagnostics.map(({ source }) => source))).toEqual(new Set(["adapter", "tracer"]));
    });

    test.each(["with a broken recorder", "at all"])("decoded batches cannot be recorded %s", async (how) => {
      const seen = createTestAiwatch();
      replace(seen.aiwatch, "decodeBatches", how === "at all" ? fail : () => fail);
      await observed(seen);
      expect(seen.inferences.length).toBeGreaterThan(0);
      await expectFaults(seen, "adapter");
    });

    test("an observer throws", async () => {
      const seen = createTestAiwatch({ observers: [{ name: "broken", inferenceEnded: fail, toolEnded: fail }] });
      await observed(seen);
      expect(seen.diagnostics).toHaveLength(seen.inferences.length + (hasTools ? 1 : 0));
      await expectFaults(seen, "observer");
    });

    const alone = ["getTracer", "startSpan", "isRecording", "spanContext", "setAttribute", "setAttributes", "addEvent"];
    const spanMethods = ["setAttribute", "setAttributes", "addEvent", "setStatus", "end", "isRecording", "spanContext"];
    const tracingParts = [...alone, "setStatus", "end", "with", "active"].map((part) => [part]) as TracingPart[][];

    test.each([...tracingParts, [...spanMethods, "with", "active"] as TracingPart[]])(
      "the app's tracing throws: %s",
      async (...parts) => {
        const faults = breakTracing(parts);
        const seen = createTestAiwatch({ content: { target: "span_and_event" } });
        await observed(seen);
        expect(seen.inferences.length).toBeGreaterThan(0);
        expect(seen.diagnostics).toHaveLength(faults());
        if (faults() > 0) await expectFaults(seen, "tracer");
        // those that an inference comes past, whatever it does
        if (!["setAttributes", "addEvent", "setStatus"].includes(parts[0]!) || parts.length > 1) {
          expect(faults()).toBeGreaterThan(0);
        }
      },
    );

    test.each(name === "functions" ? ["one at a time"] : [])(
      "each of the registry's instruments throws, %s",
      async () => {
        const felt: string[] = [];
        for (const key of instruments) {
          const seen = createTestAiwatch({ slo: { latencyMs: 60_000 } });
          breakInstrument(Reflect.get(hostOf(seen.aiwatch).instruments, key));
          await observed(seen);
          expect(seen.inferences.length, key).toBeGreaterThan(0);
          if (seen.diagnostics.length === 0) continue;
          felt.push(key);
          await expectFaults(seen, "registry");
        }
        const needed = [
          "inferences",
          "chatTokens",
          "decodeBatchTokens",
          "modelLatency",
          "toolCalls",
          "toolCallDuration",
          "loop",
        ];
        expect(felt).toEqual(expect.arrayContaining(needed));
      },
    );

    test("everything throws, and who hears of it, too", async () => {
      breakTracing(["startSpan", "with", "active"]);
      const seen = createTestAiwatch({ observers: [{ name: "broken", inferenceEnded: fail, toolEnded: fail }] });
      for (const key of [...instruments, "telemetryErrors"])
        breakInstrument(Reflect.get(hostOf(seen.aiwatch).instruments, key));
      replace(hostOf(seen.aiwatch).models, "watch", fail);
      replace(seen.aiwatch, "decodeBatches", () => fail);
      replace(seen.diagnostics, "push", fail);
      onInference(seen.aiwatch, (inference) => {
        for (const member of handleMembers) breakMember(inference, member);
      });
      await observed(seen);
    });

    test.each(hasTools ? toolMembers : [])("a tool call's %s throws", async (member) => {
      const seen = createTestAiwatch();
      onInference(seen.aiwatch, (inference) => {
        const { startTool } = inference;
        replace(inference, "startTool", (...args: Parameters<typeof startTool>) => {
          const tool = startTool.apply(inference, args);
          breakMember(tool, member);
          return tool;
        });
      });
      await observed(seen);
      expect(seen.inferences).toHaveLength(1);
      if (member === "span" || member === "ended") return;
      if (used.has(`tool.${member}`)) await expectFaults(seen, member === "run" ? "tracer" : "adapter");
      else expect(seen.diagnostics).toEqual([]);
    });
  },
);
