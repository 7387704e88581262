import type { Table } from "../report/table.ts";

export interface Settings {
  /** Fewer repetitions: to see that it works, not to quote. */
  readonly quick: boolean;
  /** Of the random orders and of the resampling. */
  readonly seed: number;
  readonly progress: (line: string) => void;
}

export interface Report {
  readonly title: string;
  /** How the figures came about, in a sentence or two. */
  readonly method: string;
  readonly tables: readonly Table[];
  /** The same figures for programs: numbers, unrounded. */
  readonly figures: Readonly<Record<string, unknown>>;
}

/** One benchmark: it starts what it measures, and stops it. */
export type Benchmark = (settings: Settings) => Promise<Report>;
