import { bucketOf } from "../catalogue/bounds.ts";
import { catalogue } from "../catalogue/index.ts";
import { added } from "./received-values.ts";
import type { TokenGaps } from "./record.ts";

/** The gaps so far: its buckets are those that the next gap is added to. */
export type GapsSoFar = Pick<TokenGaps, "buckets" | "sumMs">;

/** In milliseconds, as the clock reads: nothing is converted for a token. */
const boundsMs: readonly number[] = catalogue.interTokenLatency.bounds.map((bound) => bound * 1000);

/**
 * The tokens of one inference: how many, when the first and the last came, and the gaps between them. For a token it costs a comparison or
 * two and a few additions; the gaps are kept as counts of buckets, which a scrape reads and the end hands over.
 */
export class TokenClock {
  count = 0;
  firstAt: number | undefined;
  lastAt: number | undefined;
  #askedAt: number | undefined;
  #buckets: number[] | undefined;
  #gaps = 0;
  #sumMs = 0;
  #maxMs = 0;

  /** The consumer asks for the next token: what it did since the last one is not the model's time. */
  asked(now: number): void {
    this.#askedAt = now;
  }

  /** Output of an unknown number of tokens: its gaps are unknown, too. */
  output(now: number): void {
    this.firstAt ??= now;
    this.#askedAt = undefined;
    this.lastAt = now;
  }

  came(now: number, tokens: number): void {
    const since = this.#askedAt ?? this.lastAt;
    if (this.firstAt === undefined) this.firstAt = now;
    // of tokens that come together the gaps are unknown
    else if (tokens === 1 && since !== undefined && now >= since) this.#addGap(now - since);
    this.#askedAt = undefined;
    this.lastAt = now;
    this.count = added(this.count, tokens);
  }

  #addGap(gapMs: number): void {
    // the clock went back, or failed
    if (!(gapMs >= 0)) return;
    this.#buckets ??= new Array<number>(boundsMs.length + 1).fill(0);
    const index = bucketOf(boundsMs, gapMs);
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
    this.#gaps += 1;
    this.#sumMs += gapMs;
    if (gapMs > this.#maxMs) this.#maxMs = gapMs;
  }

  get gapsSoFar(): GapsSoFar | undefined {
    return this.#buckets === undefined ? undefined : { buckets: this.#buckets, sumMs: this.#sumMs };
  }

  gaps(): TokenGaps | undefined {
    if (this.#buckets === undefined) return undefined;
    return Object.freeze({
      count: this.#gaps,
      sumMs: this.#sumMs,
      maxMs: this.#maxMs,
      buckets: Object.freeze(this.#buckets),
    });
  }
}
