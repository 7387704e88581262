import type { FinishReason, InferenceRecord, Operation, SpeculativeTokens, ToolRecord } from "@aiwatch/core";
import type { TestAiwatch } from "@aiwatch/core/testing";
import type { Variant } from "@aiwatch/tiny-model";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Token } from "node-llama-cpp";
import type { Evaluation, Ledger } from "./ledger.ts";
import type { Stage, Way } from "./stage.ts";

export const countNames = [
  "promptTokens",
  "cachedPromptTokens",
  "promptEvalTokens",
  "outputTokens",
  "undeliveredTokens",
  "reasoningTokens",
  "contextShifts",
  "speculativeTokens",
  "toolCalls",
  "dimensions",
] as const satisfies readonly (keyof InferenceRecord)[];

export type Counts = { readonly [Name in (typeof countNames)[number]]?: InferenceRecord[Name] | undefined };

/** How a run ended, as the caller saw it. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: unknown;
  readonly delivered: readonly Token[];
  /** Tokens of the chunks that were told to be thought. */
  readonly thoughtTokens: number;
  /** By sequence: what the KV cache holds afterwards. Nothing where it was disposed. */
  readonly contextTokens: readonly (readonly Token[])[];
}

/** What the bare run tells about one inference. */
export interface Truth extends Outcome {
  readonly ledger: Ledger;
}

export interface ExpectedRecord {
  /** @default "chat" */
  readonly operation?: Operation;
  readonly finishReason: FinishReason;
  readonly failure?: string;
  /** All its tokens came at one moment, so that they have no rate. */
  readonly isAtOnce?: boolean;
  /** Which of the run's ledgers it is compared with. @default the one of the same place, or the only one */
  readonly ledger?: number;
  /** What differs from the ledger's counts; `undefined` for what must be unknown. */
  readonly counts?: (truth: Truth) => Counts;
}

/** What a run left behind. */
export interface Played {
  readonly outcome: Outcome;
  readonly ledgers: readonly Ledger[];
  /** The engine's own statistics of drafted tokens, at the moments that the row chose. */
  readonly predictions: readonly Required<SpeculativeTokens>[];
  readonly records: readonly InferenceRecord[];
  readonly tools: readonly ToolRecord[];
  readonly seen: TestAiwatch;
  /** Patches of ours that are left once all was uninstrumented. */
  readonly left: readonly string[];
}

/** One row of the table: a run that ends in its own way, and what is recorded of it. */
export interface Ending {
  readonly name: string;
  /** @default "chat" */
  readonly variant?: Variant;
  /** The ways of instrumenting that it is played in. @default all that observe a call */
  readonly ways?: readonly Way[];
  readonly play: (stage: Stage) => Promise<unknown>;
  /** One for each inference, in the order of the ends. */
  readonly records: readonly ExpectedRecord[];
  /** Spans besides those of the inferences, in the order of the ends. */
  readonly otherSpans?: readonly string[];
  /** What else holds of an observed run. */
  readonly check?: (played: Played, spans: readonly ReadableSpan[]) => void | Promise<void>;
}

/**
 * The prompt's counts. What the engine evaluates in the midst of an answer is new where the text grows longer than what was prompted and
 * generated before; the rest is evaluated again.
 */
export function promptCounts(evaluations: readonly Evaluation[]): Counts {
  const [first] = evaluations;
  if (first === undefined) return {};
  let promptTokens = first.position + first.tokens;
  for (const [index, { position, tokens, sampled }] of evaluations.entries()) {
    const before = evaluations[index - 1];
    if (before === undefined) continue;
    const known = before.position + before.tokens + sampled - before.sampled;
    promptTokens += Math.max(0, position + tokens - known);
  }
  const promptEvalTokens = evaluations.reduce((sum, { tokens }) => sum + tokens, 0);
  return { promptTokens, cachedPromptTokens: first.position, promptEvalTokens };
}

export const prompt = "Tell me about the local model";
export const sampling = { temperature: 0.8, seed: 7 };
/** Why the caller aborts: what it is rejected with is this very error. */
export const reason = new Error("the user left");

export const stopped: FinishReason = { unified: "stop", raw: "eogToken" };
export const full: FinishReason = { unified: "length", raw: "maxTokens" };
export const aborted: FinishReason = { unified: "aborted" };
export const failed: FinishReason = { unified: "error" };
