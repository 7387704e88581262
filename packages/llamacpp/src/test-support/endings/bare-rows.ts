import { setTimeout } from "node:timers/promises";
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { expect } from "vitest";
import {
  type Counts,
  type Ending,
  type ExpectedRecord,
  failed,
  prompt,
  promptCounts,
  reason,
  sampling,
  stopped,
  type Truth,
} from "./ending.ts";
import { type Stage, sequenceWays } from "./stage.ts";

/** What a bare evaluation finds in the KV cache is the app's own context, and no reuse. */
const bareCounts = ({ ledger }: Truth): Counts => {
  const { promptEvalTokens } = promptCounts(ledger.evaluations);
  return { promptTokens: promptEvalTokens, cachedPromptTokens: undefined, undeliveredTokens: 0 };
};

/** In milliseconds: longer than any decode of the tiny model. */
const pause = 30;

const bare = (expected: Omit<ExpectedRecord, "operation">): ExpectedRecord => ({
  operation: "text_completion",
  ...expected,
  counts: (truth) => ({ ...bareCounts(truth), ...expected.counts?.(truth) }),
});
const left = (raw: string) => ({ unified: "aborted", raw }) as const;

/** Evaluates the prompt, and hands each token to `each` until it says that it was the last one. */
async function consume(
  stage: Stage,
  options: NonNullable<Parameters<LlamaContextSequence["evaluate"]>[1]>,
  isLast: (count: number, token: Token, sequence: LlamaContextSequence) => boolean | Promise<boolean>,
) {
  const sequence = await stage.sequence();
  const tokens = sequence.model.tokenize(prompt);
  for await (const token of sequence.evaluate(tokens, { ...sampling, ...options })) {
    stage.delivered.push(token);
    if (await isLast(stage.delivered.length, token, sequence)) break;
  }
}

const rows: readonly Omit<Ending, "ways">[] = [
  {
    name: "the consumer breaks off at the first token",
    play: async (stage) => {
      const sequence = await stage.sequence();
      for await (const token of sequence.evaluate(sequence.model.tokenize(prompt))) {
        stage.delivered.push(token);
        break;
      }
    },
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 1 }) })],
  },
  {
    name: "the consumer breaks off at the fifth token",
    play: (stage) => consume(stage, {}, (count) => count === 5),
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 5 }) })],
  },
  {
    name: "the consumer throws in its loop",
    play: (stage) =>
      consume(stage, {}, (count) => {
        if (count === 3) throw reason;
        return false;
      }),
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 3 }) })],
  },
  {
    name: "the consumer throws into the generator",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const generator = sequence.evaluate(sequence.model.tokenize(prompt));
      const { value } = await generator.next();
      stage.delivered.push(value as Token);
      return generator.throw(reason);
    },
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 1 }) })],
  },
  {
    name: "the model ends, and keeps its end token to itself",
    play: (stage) => consume(stage, {}, () => false),
    records: [bare({ finishReason: stopped, counts: ({ delivered }) => ({ outputTokens: delivered.length + 1 }) })],
  },
  {
    name: "the model ends, and yields its end token",
    play: (stage) => consume(stage, { yieldEogToken: true }, (_count, token, { model }) => model.isEogToken(token)),
    records: [bare({ finishReason: stopped, counts: ({ delivered }) => ({ outputTokens: delivered.length }) })],
  },
  {
    name: "the consumer goes on behind the end token",
    play: (stage) => {
      let ends = 0;
      return consume(stage, { yieldEogToken: true }, (_count, token, { model }) => {
        if (ends > 0) ends += 1;
        else if (model.isEogToken(token)) ends = 1;
        return ends === 4;
      });
    },
    records: [bare({ finishReason: left("return"), counts: ({ delivered }) => ({ outputTokens: delivered.length }) })],
  },
  {
    name: "a slow consumer",
    play: (stage) =>
      consume(stage, {}, async (count) => {
        await setTimeout(pause);
        return count === 4;
      }),
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 4 }) })],
    // its pauses are no latency of the model
    check: ({ records: [record] }) => {
      const { tokenGaps, durationMs } = record!;
      expect(tokenGaps!.count).toBe(3);
      // a timer may be a little early
      expect(tokenGaps!.sumMs).toBeLessThan(durationMs! - 4 * (pause - 2));
    },
  },
  {
    name: "no tokens to begin with",
    play: async (stage) => {
      const sequence = await stage.sequence();
      for await (const token of sequence.evaluate([])) stage.delivered.push(token);
    },
    records: [bare({ finishReason: { unified: "stop" }, counts: () => ({ promptTokens: 0 }) })],
  },
  {
    name: "tokens with metadata",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const options = { ...sampling };
      const tokens = sequence.evaluateWithMetadata(sequence.model.tokenize(prompt), { confidence: true }, options);
      const confidences: number[] = [];
      for await (const { token, confidence } of tokens) {
        stage.delivered.push(token);
        confidences.push(confidence);
        if (confidences.length === 4) return confidences;
      }
      return undefined;
    },
    records: [bare({ finishReason: left("return"), counts: () => ({ outputTokens: 4 }) })],
  },
  {
    name: "the consumer puts its own token in the place of the model's",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const { model } = sequence;
      const generator = sequence.evaluate(model.tokenize(prompt), sampling);
      const own = [undefined, ...model.tokenize(" answer memory")];
      for (const token of own) {
        const { value } = token === undefined ? await generator.next() : await generator.next(token);
        stage.delivered.push(value as Token);
      }
      await generator.return();
    },
    records: [bare({ finishReason: left("return"), counts: ({ delivered }) => ({ outputTokens: delivered.length }) })],
  },
  {
    name: "never begun",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const generator = sequence.evaluate(sequence.model.tokenize(prompt));
      return typeof generator.next;
    },
    records: [],
  },
  {
    name: "never begun, with metadata",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const generator = sequence.evaluateWithMetadata(sequence.model.tokenize(prompt), { confidence: true });
      return typeof generator.next;
    },
    records: [],
  },
  {
    name: "never begun, and returned",
    play: async (stage) => {
      const sequence = await stage.sequence();
      return sequence.evaluate(sequence.model.tokenize(prompt)).return();
    },
    records: [],
  },
  {
    name: "the sequence disposed in the answer",
    play: (stage) =>
      consume(stage, {}, async (count, _token, sequence) => {
        if (count === 3) await sequence.dispose();
        return false;
      }),
    records: [bare({ finishReason: failed, failure: "disposed", counts: () => ({ outputTokens: 3 }) })],
  },
  {
    name: "the context disposed in the answer",
    play: (stage) =>
      consume(stage, {}, async (count, _token, { context }) => {
        if (count === 3) await context.dispose();
        return false;
      }),
    records: [bare({ finishReason: failed, failure: "disposed", counts: () => ({ outputTokens: 3 }) })],
  },
  {
    name: "evaluateWithoutGeneratingNewTokens",
    play: async (stage) => {
      const sequence = await stage.sequence();
      return sequence.evaluateWithoutGeneratingNewTokens(sequence.model.tokenize(prompt));
    },
    records: [bare({ finishReason: { unified: "stop" }, counts: () => ({ outputTokens: 0 }) })],
  },
  {
    name: "controlledEvaluate",
    play: async (stage) => {
      const sequence = await stage.sequence();
      const tokens = sequence.model.tokenize(prompt);
      const [last] = tokens.splice(-1);
      const [first] = tokens.splice(0, 1);
      const generateNext = { token: true, confidence: true };
      return sequence.controlledEvaluate([[first!, { generateNext }], ...tokens, [last!, { generateNext }]]);
    },
    records: [bare({ finishReason: { unified: "stop" }, counts: () => ({ outputTokens: 2 }), isAtOnce: true })],
  },
];

/** Evaluations outside of any call, on an observed sequence: how they can end. */
export const bareRows: readonly Ending[] = rows.map((row) => ({ ...row, ways: sequenceWays }));
