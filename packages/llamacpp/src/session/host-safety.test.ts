import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Aiwatch } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { describe, expect, test } from "vitest";
import { playBoth } from "../test-support/rig.ts";

const prompt = "Tell me about the local model";

function fail(): never {
  throw new Error("telemetry is broken");
}

/** Puts `fail` in the place of a method. */
function breakMethod(target: object, name: string): void {
  Object.defineProperty(target, name, { value: fail });
}

interface Breakage {
  readonly name: string;
  readonly breaks: (aiwatch: Aiwatch) => void;
  readonly source: string;
  readonly records: number;
}

const breakages: readonly Breakage[] = [
  {
    name: "the registry's metrics throw",
    breaks: ({ instruments }) => {
      for (const metric of [instruments.chatTokens, instruments.inferences, instruments.modelLatency]) {
        for (const method of ["add", "begin", "bind", "observe"]) breakMethod(metric, method);
      }
    },
    source: "registry",
    records: 1,
  },
  {
    name: "the board of models throws",
    breaks: ({ models }) => breakMethod(models, "watch"),
    source: "adapter",
    records: 1,
  },
  {
    name: "starting an inference throws",
    breaks: (aiwatch) => breakMethod(aiwatch, "startInference"),
    source: "adapter",
    records: 0,
  },
  {
    name: "every step of an inference throws",
    breaks: (aiwatch) => {
      const { startInference } = aiwatch;
      Object.defineProperty(aiwatch, "startInference", {
        value(...args: Parameters<typeof startInference>) {
          const inference = startInference.apply(aiwatch, args);
          const steps = Object.getOwnPropertyNames(Object.getPrototypeOf(inference)).filter(
            (step) => step !== "constructor" && typeof Reflect.get(inference, step) === "function",
          );
          for (const step of steps) breakMethod(inference, step);
          return inference;
        },
      });
    },
    source: "adapter",
    records: 0,
  },
];

/** Runs a module of `test-support/` in a process of its own. Never by `--eval`: the engine forks, with the flags that Node was given. */
function runModule(name: string, ...flags: string[]) {
  const file = fileURLToPath(new URL(`../test-support/${name}.ts`, import.meta.url));
  return promisify(execFile)(process.execPath, [...flags, "--conditions=@aiwatch/source", "--no-warnings", file]);
}

describe("the app does not see that telemetry is broken", () => {
  test.each(breakages)("$name", async ({ breaks, source, records }) => {
    const seen = createTestAiwatch();
    breaks(seen.aiwatch);
    const { bare, observed } = await playBoth(
      ({ session, delivered }) =>
        session.promptWithMeta(prompt, { maxTokens: 8, onToken: (tokens) => void delivered.push(...tokens) }),
      seen,
    );
    expect(observed).toEqual(bare);
    expect(seen.inferences).toHaveLength(records);
    expect(seen.diagnostics.map((fault) => fault.source)).toContain(source);
  });

  test("an observer throws", async () => {
    const seen = createTestAiwatch({ observers: [{ name: "broken", inferenceEnded: fail }] });
    const { bare, observed } = await playBoth(({ session }) => session.promptWithMeta(prompt, { maxTokens: 8 }), seen);
    expect(observed).toEqual(bare);
    expect(seen.inferences).toHaveLength(1);
    expect(await seen.sample("genai_app_telemetry_errors_total", { source: "observer" })).toBe(1);
  });

  test("a rejection that the app forgot to handle is still reported by Node", async () => {
    await expect(runModule("unheard-rejection")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nobody listens"),
    });
  });

  test("a session that nobody holds is collected, with its sequence and context", async () => {
    expect(await runModule("collected-session", "--expose-gc")).toMatchObject({ stdout: "0 undefined" });
  });
});
