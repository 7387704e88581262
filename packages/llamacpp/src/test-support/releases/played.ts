import type { Diagnostic, InferenceRecord, SpeculativeTokens, ToolRecord } from "@aiwatch/core";
import type { NativeLedger } from "./native-ledger.ts";

/** What is given to `instrumentModel`: nothing, or one of the objects. */
export type Way = "bare" | "llama" | "model" | "context" | "sequence" | "caller";

/** An error as data. */
export interface Thrown {
  readonly class: string;
  readonly name: string;
  readonly message: string;
}

/** How a run ended, as its caller saw it. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: Thrown;
  readonly delivered: readonly number[];
  /** By sequence: what the KV cache holds afterwards. Nothing where it was disposed. */
  readonly contextTokens: readonly (readonly number[])[];
}

/** One run of one feature, as JSON. */
export interface Played {
  readonly outcome: Outcome;
  /** By context, of a bare run. */
  readonly native: readonly NativeLedger[];
  /** What became of the tokens that were drafted for the first sequence, in the engine's own count. */
  readonly predictions: SpeculativeTokens;
  readonly records: readonly InferenceRecord[];
  readonly tools: readonly ToolRecord[];
  readonly diagnostics: readonly Diagnostic[];
  /** The readings at the end of the run, while all still lives: a sample's name and labels, and its value. */
  readonly readings: Readonly<Record<string, number>>;
  /** Patches of ours that are left once all was uninstrumented. */
  readonly left: readonly string[];
}

/** All runs of one release: by feature, then by way. */
export type ProbeReport = Readonly<Record<string, Readonly<Partial<Record<Way, Played>>>>>;
