import type { FinishReason, InferenceRecord, Operation } from "@aiwatch/core";
import type { Variant } from "@aiwatch/tiny-model";
import type { Played, Way } from "./played.ts";
import type { ReleaseStage } from "./release-stage.ts";

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

export interface ExpectedRecord {
  /** @default "chat" */
  readonly operation?: Operation;
  readonly finishReason: FinishReason;
  readonly failure?: string;
  /** All counts, from what the bare run did; one that is not named must be unknown. */
  readonly counts: (bare: Played, observed: Played) => Counts;
}

/** One thing that the engine can do. */
export interface Feature {
  readonly name: string;
  /** @default "chat" */
  readonly variant?: Variant;
  /** The first release that can, and how one before it refuses. Refused before any inference. @default all of the range can */
  readonly since?: { readonly version: string; readonly refusal: RegExp };
  /** The ways of observing that it is played in. @default that of the `Llama`, from which all other objects are found */
  readonly ways?: readonly Way[];
  readonly play: (stage: ReleaseStage) => Promise<unknown>;
  /** One for each inference, in the order of the ends. */
  readonly records: readonly ExpectedRecord[];
  /** The functions that the model calls, in the order of the ends. */
  readonly tools?: readonly string[];
}

export const prompt = "Tell me about the local model";
export const sampling = { temperature: 0.8, seed: 7 };
/** Why the caller aborts. */
export const reason = new Error("the user left");

export const stopped: FinishReason = { unified: "stop", raw: "eogToken" };
export const full: FinishReason = { unified: "length", raw: "maxTokens" };
export const aborted: FinishReason = { unified: "aborted" };
export const failed: FinishReason = { unified: "error" };
