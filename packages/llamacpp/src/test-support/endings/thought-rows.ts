import { expect } from "vitest";
import { aborted, type Ending, full, prompt, reason, sampling, stopped, type Truth } from "./ending.ts";
import type { Stage } from "./stage.ts";

const thought = ({ thoughtTokens }: Truth) => ({ reasoningTokens: thoughtTokens });

const withBudget = (thoughtTokens?: number) => async (stage: Stage) =>
  (await stage.session()).promptWithMeta(prompt, {
    ...sampling,
    ...(thoughtTokens !== undefined && { budgets: { thoughtTokens } }),
    onToken: stage.onToken(),
    onResponseChunk: stage.onResponseChunk(),
  });

const rows: readonly Ending[] = [
  {
    name: "thinks, then answers",
    play: withBudget(),
    records: [{ finishReason: stopped, counts: thought }],
    check: ({ outcome }) => expect(outcome.thoughtTokens).toBeGreaterThan(8),
  },
  {
    name: "thinks, then answers, and nobody listens",
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, sampling),
    records: [{ finishReason: stopped, counts: () => ({ reasoningTokens: expect.any(Number) as number }) }],
  },
  {
    name: "its budget of three tokens is used up",
    play: withBudget(3),
    records: [{ finishReason: stopped, counts: thought }],
    check: ({ outcome }) => expect(outcome.thoughtTokens).toBe(3),
  },
  {
    name: "it has no budget at all",
    play: withBudget(0),
    records: [{ finishReason: stopped, counts: thought }],
    check: ({ outcome }) => expect(outcome.thoughtTokens).toBe(0),
  },
  {
    name: "max tokens in the thought",
    play: async (stage) =>
      (await stage.session()).promptWithMeta(prompt, {
        ...sampling,
        maxTokens: 5,
        onToken: stage.onToken(),
        onResponseChunk: stage.onResponseChunk(),
      }),
    records: [{ finishReason: full, counts: thought }],
  },
  {
    name: "aborted in the thought",
    play: async (stage) => {
      const controller = new AbortController();
      return (await stage.session()).promptWithMeta(prompt, {
        ...sampling,
        signal: controller.signal,
        onResponseChunk: stage.onResponseChunk(4, () => controller.abort(reason)),
      });
    },
    // the token that came after the abort was thought, too, and is told in no chunk
    records: [
      {
        finishReason: aborted,
        counts: ({ thoughtTokens }) => ({ reasoningTokens: thoughtTokens + 1, undeliveredTokens: 1 }),
      },
    ],
  },
  {
    name: "aborted in the thought, where the answer alone is streamed",
    play: async (stage) => {
      const controller = new AbortController();
      let decodes = 0;
      stage.onDecode = () => {
        decodes += 1;
        if (decodes === 6) controller.abort(reason);
      };
      const session = await stage.session();
      return session.promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken: stage.onToken() });
    },
    // it was handed nothing: what was generated is undelivered, by the ledger
    records: [{ finishReason: aborted, counts: () => ({ reasoningTokens: expect.any(Number) as number }) }],
    check: ({ outcome }) => expect(outcome.delivered).toEqual([]),
  },
  {
    name: "aborted behind the thought, where the answer alone is streamed",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(3, () => controller.abort(reason));
      return (await stage.session()).promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    records: [{ finishReason: aborted, counts: () => ({ reasoningTokens: expect.any(Number) as number }) }],
    check: ({ outcome }) => expect(outcome.delivered).toHaveLength(3),
  },
  {
    name: "stopped in the thought by stopOnAbortSignal",
    play: async (stage) => {
      const controller = new AbortController();
      return (await stage.session()).promptWithMeta(prompt, {
        ...sampling,
        signal: controller.signal,
        stopOnAbortSignal: true,
        onResponseChunk: stage.onResponseChunk(4, () => controller.abort(reason)),
      });
    },
    records: [{ finishReason: { unified: "aborted", raw: "abort" }, counts: thought }],
  },
];

/** A model that thinks before it answers: how that can end. */
export const thoughtRows: readonly Ending[] = rows.map((row) => ({ ...row, variant: "thinking" }));
