import type { Clock } from "../clock.ts";
import { decodeRate } from "../inference/arithmetic.ts";

/** A running inference, as far as its rate needs it. */
export interface LiveDecode {
  readonly outputTokens: number;
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
}

/** How long after its last token a model still shows its last rate. */
export const idleAfterMs = 60_000;

interface Rate {
  readonly rate: number;
  readonly at: number;
}

interface ModelRates {
  readonly live: Set<LiveDecode>;
  last: Rate | undefined;
  reported: Rate | undefined;
}

/**
 * The decode rate of each model: the running inferences' sum, else the last one's, else what somebody else measured; the latter two until
 * the model was idle for a minute.
 */
export class DecodeRates {
  readonly #models = new Map<string, ModelRates>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(model: string, decode: LiveDecode): void {
    this.#of(model).live.add(decode);
  }

  /** @param rate what the ended inference's record says: an engine may have corrected the tokens that were counted on the way */
  end(model: string, decode: LiveDecode, rate: number | undefined): void {
    const rates = this.#of(model);
    rates.live.delete(decode);
    if (rate !== undefined) rates.last = { rate, at: this.#clock.now() };
  }

  /** Somebody else measured it. */
  report(model: string, rate: number): void {
    this.#of(model).reported = { rate, at: this.#clock.now() };
  }

  rateOf(model: string): number | undefined {
    const rates = this.#models.get(model);
    if (rates === undefined) return undefined;
    let sum: number | undefined;
    for (const decode of rates.live) {
      const rate = rateOf(decode);
      if (rate !== undefined) sum = (sum ?? 0) + rate;
    }
    if (sum !== undefined) return sum;
    return this.#fresh(rates.last) ?? this.#fresh(rates.reported);
  }

  #fresh(rate: Rate | undefined): number | undefined {
    return rate === undefined || this.#clock.now() - rate.at > idleAfterMs ? undefined : rate.rate;
  }

  models(): Iterable<string> {
    return this.#models.keys();
  }

  #of(model: string): ModelRates {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const rates: ModelRates = { live: new Set(), last: undefined, reported: undefined };
    this.#models.set(model, rates);
    return rates;
  }
}

function rateOf({ firstTokenAt, lastTokenAt, outputTokens }: LiveDecode): number | undefined {
  if (firstTokenAt === undefined || lastTokenAt === undefined) return undefined;
  return decodeRate(outputTokens, lastTokenAt - firstTokenAt);
}
