import type { Counted } from "../exchange-case.ts";

/** What a test tells the process that serves. */
export type Told =
  | { readonly kind: "play"; readonly host: string; readonly name: string }
  | { readonly kind: "cue"; readonly name: string }
  | { readonly kind: "settle" }
  /** Serve no more, and come to a natural end. */
  | { readonly kind: "end" }
  | { readonly kind: "exit" };

/** What that process tells. */
export type Said =
  | { readonly kind: "ready" }
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "answered"; readonly wire: string }
  | { readonly kind: "mark"; readonly name: string }
  | { readonly kind: "settled"; readonly played: Played }
  | { readonly kind: "failed"; readonly reason: string };

/** What came of an exchange in the process that served it. */
export interface Played {
  readonly log: readonly string[];
  /** Requests that the server handed on. */
  readonly requests: number;
  /** Where it was observed. */
  readonly observed?: Observed;
}

export interface Observed {
  readonly counted: readonly Required<Pick<Counted, "status" | "aborted" | "route">>[];
  readonly active: number;
  /** What the scrape says, `route status: count`. */
  readonly scraped: readonly string[];
  /** Faults of the instrumentation. */
  readonly faults: readonly string[];
}
