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

interface ModelRates {
  readonly live: Set<LiveDecode>;
  last: { readonly rate: number; readonly at: number } | undefined;
}

/** The decode rate of each model: the running inferences' sum, else the last one's until the model was idle for a minute. */
export class DecodeRates {
  readonly #models = new Map<string, ModelRates>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(model: string, decode: LiveDecode): void {
    this.#of(model).live.add(decode);
  }

  end(model: string, decode: LiveDecode): void {
    const rates = this.#of(model);
    rates.live.delete(decode);
    const rate = rateOf(decode);
    if (rate !== undefined) rates.last = { rate, at: this.#clock.now() };
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
    if (rates.last === undefined || this.#clock.now() - rates.last.at > idleAfterMs) return undefined;
    return rates.last.rate;
  }

  models(): Iterable<string> {
    return this.#models.keys();
  }

  #of(model: string): ModelRates {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const rates: ModelRates = { live: new Set(), last: undefined };
    this.#models.set(model, rates);
    return rates;
  }
}

function rateOf({ firstTokenAt, lastTokenAt, outputTokens }: LiveDecode): number | undefined {
  if (firstTokenAt === undefined || lastTokenAt === undefined) return undefined;
  return decodeRate(outputTokens, lastTokenAt - firstTokenAt);
}
