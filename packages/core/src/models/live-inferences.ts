import { llamaCpp } from "../catalogue/values.ts";
import { type Clock, elapsedMs } from "../clock.ts";
import { decodeRate } from "../inference/arithmetic.ts";

/** A running inference, as far as the gauges need it. */
export interface LiveInference {
  /** Whether the engine began to evaluate it: until then it is queued. */
  readonly evaluating: boolean;
  readonly outputTokens: number;
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
  /** What runs it, in OpenTelemetry's words. */
  readonly provider: string;
}

/** Whose rates are asked for: every engine's, or llama.cpp's alone. */
export type RateOf = "any" | typeof llamaCpp;

/** How long after its last token a model still shows its last rate. */
export const idleAfterMs = 60_000;

interface Rate {
  readonly rate: number;
  /** What runs the model. */
  readonly engine: string;
  readonly at: number;
}

/** A rate that somebody else measured. */
interface ReportedRate extends Omit<Rate, "at"> {
  readonly model: string;
  readonly ageMs: number;
}

interface ModelState {
  readonly running: Set<LiveInference>;
  /** Whether an inference was ever seen: of a model that was only reported nobody knows how many run. */
  seen: boolean;
  /** By whose it is. */
  readonly last: { [Of in RateOf]?: Rate };
  readonly reported: { [Of in RateOf]?: Rate };
}

/** How many of a model's inferences run, and how many wait. */
export interface RunningCounts {
  readonly active: number;
  readonly queued: number;
}

/**
 * The inferences that run, by their model, and the decode rate that they make: the running ones' sum, else the last one's, else what
 * somebody else measured; the latter two until the model was idle for a minute.
 */
export class LiveInferences {
  readonly #models = new Map<string, ModelState>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(model: string, inference: LiveInference): void {
    const state = this.#of(model);
    state.running.add(inference);
    state.seen = true;
  }

  /** @param rate what the ended inference's record says: an engine may have corrected the tokens that were counted on the way */
  end(model: string, inference: LiveInference, rate: number | undefined): void {
    const state = this.#of(model);
    state.running.delete(inference);
    if (rate !== undefined) keep(state.last, { rate, engine: inference.provider, at: this.#clock.now() });
  }

  /** Somebody else measured the decode rate, `ageMs` ago. @param engine what runs the model */
  report(model: string, rate: number, engine: string, ageMs = 0): void {
    keep(this.#of(model).reported, { rate, engine, at: this.#clock.now() - ageMs });
  }

  /** What `report` was told. By its age, since another instance may have another clock. */
  *reportedRates(): Iterable<ReportedRate> {
    const now = this.#clock.now();
    for (const [model, { reported }] of this.#models) {
      // the one that is every engine's comes last: it may be the same
      for (const known of [reported[llamaCpp], reported.any]) {
        const ageMs = elapsedMs(known?.at, now);
        if (known !== undefined && ageMs !== undefined) yield { model, rate: known.rate, engine: known.engine, ageMs };
      }
    }
  }

  rateOf(model: string, of: RateOf = "any"): number | undefined {
    const state = this.#models.get(model);
    if (state === undefined) return undefined;
    let sum: number | undefined;
    for (const inference of state.running) {
      if (of !== "any" && inference.provider !== of) continue;
      const rate = this.#isDecoding(inference) ? rateOf(inference) : undefined;
      if (rate !== undefined) sum = (sum ?? 0) + rate;
    }
    if (sum !== undefined) return sum;
    return this.#fresh(state.last[of]) ?? this.#fresh(state.reported[of]);
  }

  /** Undefined for a model of which no inference was seen. */
  countsOf(model: string): RunningCounts | undefined {
    const state = this.#models.get(model);
    if (state?.seen !== true) return undefined;
    let active = 0;
    for (const { evaluating } of state.running) if (evaluating) active += 1;
    return { active, queued: state.running.size - active };
  }

  models(): Iterable<string> {
    return this.#models.keys();
  }

  /** A tool may run for long between two tokens: what no token came from is not decoding. */
  #isDecoding({ lastTokenAt }: LiveInference): boolean {
    return this.#isFresh(lastTokenAt);
  }

  #fresh(rate: Rate | undefined): number | undefined {
    return this.#isFresh(rate?.at) ? rate?.rate : undefined;
  }

  #isFresh(at: number | undefined): boolean {
    const ageMs = elapsedMs(at, this.#clock.now());
    return ageMs !== undefined && ageMs <= idleAfterMs;
  }

  #of(model: string): ModelState {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const state: ModelState = { running: new Set(), seen: false, last: {}, reported: {} };
    this.#models.set(model, state);
    return state;
  }
}

function keep(rates: { [Of in RateOf]?: Rate }, rate: Rate): void {
  rates.any = rate;
  if (rate.engine === llamaCpp) rates[llamaCpp] = rate;
}

function rateOf({ firstTokenAt, lastTokenAt, outputTokens }: LiveInference): number | undefined {
  if (firstTokenAt === undefined || lastTokenAt === undefined) return undefined;
  return decodeRate(outputTokens, lastTokenAt - firstTokenAt);
}
