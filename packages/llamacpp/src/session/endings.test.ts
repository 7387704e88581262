import type { InferenceRecord } from "@aiwatch/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { playBoth, type Scenario } from "../test-support/rig.ts";

const prompt = "Tell me about the local model";
const sampling = { temperature: 0.8, seed: 7 };

interface Ending {
  readonly name: string;
  readonly scenario: Scenario;
  readonly finishReason: InferenceRecord["finishReason"];
  /** Output tokens by what the callback delivered. */
  readonly output: (delivered: number) => number | undefined;
  readonly failure?: string;
  readonly rejects?: boolean;
}

/** Calls `action` once that many tokens were delivered. */
const after = (count: number, delivered: unknown[], action: () => void) => (tokens: readonly unknown[]) => {
  delivered.push(...tokens);
  if (delivered.length >= count) action();
};
const reason = new Error("the user left");

const endings: readonly Ending[] = [
  {
    name: "completed",
    scenario: ({ session, delivered }) =>
      session.promptWithMeta(prompt, { ...sampling, onToken: (tokens) => void delivered.push(...tokens) }),
    finishReason: { unified: "stop", raw: "eogToken" },
    output: (delivered) => delivered + 1,
  },
  {
    name: "maxTokens",
    scenario: ({ session, delivered }) =>
      session.promptWithMeta(prompt, {
        ...sampling,
        maxTokens: 5,
        onToken: (tokens) => void delivered.push(...tokens),
      }),
    finishReason: { unified: "length", raw: "maxTokens" },
    output: () => 5,
  },
  {
    name: "one token",
    scenario: ({ session }) => session.prompt(prompt, { ...sampling, maxTokens: 1 }),
    finishReason: { unified: "length", raw: "maxTokens" },
    output: () => 1,
  },
  {
    name: "a custom stop trigger",
    scenario: ({ session, delivered }) =>
      session.promptWithMeta(prompt, {
        customStopTriggers: [" model"],
        onToken: (tokens) => void delivered.push(...tokens),
      }),
    finishReason: { unified: "stop", raw: "customStopTrigger" },
    output: (delivered) => delivered + 1,
  },
  {
    name: "an empty prompt",
    scenario: ({ session, delivered }) =>
      session.promptWithMeta("", { ...sampling, onToken: (tokens) => void delivered.push(...tokens) }),
    finishReason: { unified: "stop", raw: "eogToken" },
    output: (delivered) => delivered + 1,
  },
  {
    name: "a callback that throws",
    scenario: ({ session, delivered }) =>
      session.promptWithMeta(prompt, {
        ...sampling,
        onToken: (tokens) => void delivered.push(...tokens),
        onTextChunk: () => {
          throw new Error("the callback's own");
        },
      }),
    finishReason: { unified: "stop", raw: "eogToken" },
    output: (delivered) => delivered + 1,
  },
  {
    name: "aborted before",
    scenario: ({ session }) => session.promptWithMeta(prompt, { signal: AbortSignal.abort(reason) }),
    finishReason: { unified: "aborted" },
    output: () => undefined,
    rejects: true,
  },
  {
    name: "aborted in prompt evaluation",
    scenario: (rig) => {
      const controller = new AbortController();
      rig.onDecode = () => controller.abort(reason);
      return rig.session.promptWithMeta(prompt, { ...sampling, signal: controller.signal });
    },
    finishReason: { unified: "aborted" },
    // a decode cannot be called off: the token that it gave was generated, and delivered to nobody
    output: () => 1,
    rejects: true,
  },
  {
    name: "aborted in the answer",
    scenario: ({ session, delivered }) => {
      const controller = new AbortController();
      const onToken = after(5, delivered, () => controller.abort(reason));
      return session.promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    finishReason: { unified: "aborted" },
    output: (delivered) => delivered + 1,
    rejects: true,
  },
  {
    name: "stopped by stopOnAbortSignal",
    scenario: ({ session, delivered }) => {
      const controller = new AbortController();
      const onToken = after(5, delivered, () => controller.abort(reason));
      const { signal } = controller;
      return session.promptWithMeta(prompt, { ...sampling, signal, stopOnAbortSignal: true, onToken });
    },
    finishReason: { unified: "aborted", raw: "abort" },
    output: (delivered) => delivered,
  },
  {
    name: "disposed in the answer",
    scenario: ({ session, delivered }) => {
      const onToken = after(3, delivered, () => session.dispose());
      return session.promptWithMeta(prompt, { ...sampling, onToken });
    },
    finishReason: { unified: "error" },
    failure: "disposed",
    output: (delivered) => delivered,
    rejects: true,
  },
  {
    name: "completePrompt",
    scenario: ({ session, delivered }) =>
      session.completePromptWithMeta("Tell me about the", {
        ...sampling,
        maxTokens: 4,
        onToken: (tokens) => void delivered.push(...tokens),
      }),
    finishReason: { unified: "length", raw: "maxTokens" },
    output: () => 4,
  },
  {
    name: "preloadPrompt",
    scenario: ({ session }) => session.preloadPrompt(prompt),
    finishReason: { unified: "length", raw: "maxTokens" },
    output: () => 0,
  },
];

beforeEach(() => {
  // the engine prints what a callback throws
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("every ending is one record, and the caller sees what a bare session shows", () => {
  test.each(endings)("$name", async ({ scenario, finishReason, output, failure, rejects = false }) => {
    const { bare, observed, seen } = await playBoth(scenario);

    expect(observed).toEqual(bare);
    expect("error" in observed).toBe(rejects);
    if (bare.error === reason) expect(observed.error).toBe(reason);
    expect(seen.diagnostics).toEqual([]);
    expect(seen.inferences).toHaveLength(1);
    const [record] = seen.inferences;
    expect(record!.finishReason).toEqual(finishReason);
    expect(record!.failure).toEqual(failure === undefined ? undefined : { type: failure });
    expect(record!.outputTokens).toBe(output(observed.delivered.length));
    const generated = record!.outputTokens ?? 0;
    // the KV cache holds the prompt and all that was generated but the last token, which nothing was generated after
    expect(observed.contextTokens).toHaveLength((record!.promptTokens ?? 0) + Math.max(0, generated - 1));
    expect(record!.firstTokenMs !== undefined).toBe(generated > 0);
    expect(record!.promptEvalMs !== undefined).toBe(generated > 0);
    expect(record!.tokensPerSecond !== undefined).toBe(generated > 1);
  });
});
