/** What a collector took in one request. A line of the ledger each, written before the answer: it outlives the collector. */
export interface Batch {
  /** Whether the exporter was told. */
  readonly answered: boolean;
  readonly spanIds: readonly string[];
  /** When the last of its spans began, milliseconds since 1970. */
  readonly newestMs: number;
}

/** How a collector deals with its requests. */
export type Manner =
  | "healthy"
  /** Answers after half a second. */
  | "slow"
  /** 503 and 429 in turn, with `Retry-After: 1`. */
  | "refusing"
  /** Takes the spans and closes the connection: before the answer, and in its middle, in turn. */
  | "cutting"
  /** Reads and never answers. */
  | "silent";
