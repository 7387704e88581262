import type { Manner } from "./batch.ts";

/** What a collector's door is given. */
export interface Taking {
  manner(): Manner;
  /** Puts a request's spans into the ledger. @returns what to answer */
  take(contentType: string, body: Uint8Array, answered: boolean): string;
}
