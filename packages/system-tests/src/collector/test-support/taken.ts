import type { Batch } from "./batch.ts";

/** What became of spans at the collector. */
export interface Taken {
  /** Different spans that the exporter was told of. */
  readonly answered: number;
  /** Different spans, told or not. */
  readonly received: number;
  /** Those that came again. */
  readonly repeated: number;
}

export function takenOf(batches: readonly Batch[]): Taken {
  const all = batches.flatMap(({ spanIds }) => spanIds);
  const received = new Set(all).size;
  const answered = new Set(batches.filter((batch) => batch.answered).flatMap(({ spanIds }) => spanIds)).size;
  return { answered, received, repeated: all.length - received };
}
