import { expect } from "vitest";
import { aborted, type Ending, full, prompt, reason, sampling, type Truth } from "./ending.ts";
import { callWays, fewWays } from "./stage.ts";

const shifts = ({ ledger }: Truth) => ({ contextShifts: ledger.shifts });

const rows: readonly Ending[] = [
  {
    name: "an answer that outgrows the context",
    play: async (stage) =>
      (await stage.session()).promptWithMeta(prompt, { ...sampling, maxTokens: 460, onToken: stage.onToken() }),
    records: [{ finishReason: full, counts: (truth) => ({ ...shifts(truth), outputTokens: 460 }) }],
  },
  {
    name: "an answer that is aborted behind the shift",
    ways: fewWays,
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(445, () => controller.abort(reason));
      return (await stage.session()).promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    records: [{ finishReason: aborted, counts: (truth) => ({ ...shifts(truth), undeliveredTokens: 1 }) }],
  },
  {
    name: "a completion that outgrows the context",
    ways: fewWays,
    play: async (stage) => {
      const completion = await stage.completion();
      return completion.generateCompletionWithMeta(prompt, { ...sampling, maxTokens: 520, onToken: stage.onToken() });
    },
    records: [{ operation: "text_completion", finishReason: full, counts: shifts }],
  },
  {
    name: "a bare evaluation that outgrows the context",
    ways: fewWays,
    play: async (stage) => {
      const sequence = await stage.sequence();
      for await (const token of sequence.evaluate(sequence.model.tokenize(prompt), sampling)) {
        stage.delivered.push(token);
        if (stage.delivered.length === 650) break;
      }
    },
    records: [
      {
        operation: "text_completion",
        finishReason: { unified: "aborted", raw: "return" },
        counts: (truth) => ({
          ...shifts(truth),
          cachedPromptTokens: undefined,
          promptTokens: truth.ledger.evaluations[0]!.tokens,
          outputTokens: 650,
        }),
      },
    ],
  },
  {
    name: "a text that outgrows the context",
    ways: fewWays,
    play: async (stage) => {
      const sequence = await stage.sequence();
      return sequence.evaluateWithoutGeneratingNewTokens(sequence.model.tokenize(prompt.repeat(150)));
    },
    records: [
      {
        operation: "text_completion",
        finishReason: { unified: "stop" },
        counts: (truth) => ({
          ...shifts(truth),
          cachedPromptTokens: undefined,
          promptTokens: truth.ledger.evaluations[0]!.tokens,
        }),
      },
    ],
  },
];

/** Generation that goes on when the context is full. */
export const shiftRows: readonly Ending[] = rows.map((row) => ({
  ...row,
  ways: row.ways ?? callWays,
  variant: "endless",
  check: ({ records }, spans) => {
    const [{ contextShifts = 0 } = {}] = records;
    expect(contextShifts).toBeGreaterThanOrEqual(1);
    const events = spans[0]!.events.filter(({ name }) => name === "aiwatch.context_shift");
    expect(events).toHaveLength(contextShifts);
  },
}));
