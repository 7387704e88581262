import {
  DraftSequenceTokenPredictor,
  InputLookupTokenPredictor,
  type LlamaChatSession,
  type TokenPredictor,
} from "node-llama-cpp";
import { expect } from "vitest";
import {
  aborted,
  type Counts,
  type Ending,
  full,
  type Played,
  prompt,
  promptCounts,
  reason,
  stopped,
  type Truth,
} from "./ending.ts";
import { type Stage, sequenceWays } from "./stage.ts";

/** How many drafts there are differs from run to run: they are made in the background. `expectDrafts` compares them. */
const anyDrafts = { speculativeTokens: expect.anything() as never };

/** Drafts are told as the sequence's own statistics have grown since the inference before. */
function expectDrafts({ predictions, records }: Played): void {
  expect(predictions).toHaveLength(records.length);
  let before = { used: 0, unused: 0, refuted: 0 };
  for (const [index, now] of predictions.entries()) {
    const { used, unused, refuted } = now;
    expect(records[index]!.speculativeTokens).toEqual({
      used: used - before.used,
      unused: Math.max(0, unused - before.unused),
      refuted: refuted - before.refuted,
    });
    before = now;
  }
}

async function draftSession(stage: Stage, predictor: TokenPredictor): Promise<LlamaChatSession> {
  return stage.session(await stage.sequence({ tokenPredictor: predictor }));
}

async function drafting(stage: Stage): Promise<LlamaChatSession> {
  return draftSession(stage, new DraftSequenceTokenPredictor(await stage.draft(), { minTokens: 1 }));
}

const lookingUp = (stage: Stage) => draftSession(stage, new InputLookupTokenPredictor());

/** A text of the model's own words, so that there is something to look up. */
const quoted =
  "The local model quickly reads the long prompt before its memory. Our engine considers your long prompt.";

/** @param from which of the run's evaluations it is */
const counted =
  (outputTokens: number, from: number) =>
  ({ ledger }: Truth): Counts => ({
    ...promptCounts(ledger.evaluations.slice(from, from + 1)),
    ...anyDrafts,
    outputTokens,
    undeliveredTokens: 0,
  });

const twoPrompts = (make: (stage: Stage) => Promise<LlamaChatSession>) => async (stage: Stage) => {
  const session = await make(stage);
  const results: unknown[] = [];
  for (const [text, maxTokens] of [
    [quoted, 12],
    [prompt, 8],
  ] as const) {
    results.push(await session.promptWithMeta(text, { maxTokens, onToken: stage.onToken() }));
    stage.readPredictions(session.sequence);
  }
  return results;
};

const abortedAt = (make: (stage: Stage) => Promise<LlamaChatSession>) => async (stage: Stage) => {
  const session = await make(stage);
  const controller = new AbortController();
  const onToken = stage.onToken(6, () => controller.abort(reason));
  try {
    return await session.promptWithMeta(quoted, { signal: controller.signal, onToken });
  } finally {
    stage.readPredictions(session.sequence);
  }
};

const bothWith = (name: string, make: (stage: Stage) => Promise<LlamaChatSession>): Ending[] => [
  {
    name: `${name}: two prompts`,
    play: twoPrompts(make),
    records: [
      { finishReason: full, counts: counted(12, 0) },
      { finishReason: full, counts: counted(8, 1) },
    ],
    check: (played) => {
      expectDrafts(played);
      const { used = 0, refuted = 0 } = played.predictions.at(-1) ?? {};
      expect(used + refuted).toBeGreaterThan(0);
    },
  },
  {
    name: `${name}: aborted in the answer`,
    play: abortedAt(make),
    records: [{ finishReason: aborted, counts: (truth) => ({ ...counted(7, 0)(truth), undeliveredTokens: 1 }) }],
    check: expectDrafts,
  },
];

const bareDraft: Ending = {
  name: "a draft model: a bare evaluation to its end",
  ways: sequenceWays,
  play: async (stage) => {
    const predictor = new DraftSequenceTokenPredictor(await stage.draft(), { minTokens: 1 });
    const sequence = await stage.sequence({ tokenPredictor: predictor });
    for await (const token of sequence.evaluate(sequence.model.tokenize(prompt))) stage.delivered.push(token);
    stage.readPredictions(sequence);
  },
  records: [
    {
      operation: "text_completion",
      finishReason: stopped,
      counts: (truth) => ({
        ...counted(truth.delivered.length + 1, 0)(truth),
        cachedPromptTokens: undefined,
      }),
    },
  ],
  check: expectDrafts,
};

/** Token predictors: what they draft is a part of the inference, and no inference of its own. */
export const draftRows: readonly Ending[] = [
  ...bothWith("a draft model", drafting),
  ...bothWith("looking up the input", lookingUp),
  bareDraft,
];
