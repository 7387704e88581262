import { LiveMap } from "../base/live-map.ts";
import { type Clock, elapsedMs } from "../base/time.ts";
import { hasRows } from "../catalogue/values.ts";
import { goEngine } from "../compat/engine.ts";
import { decodeRate } from "../inference/arithmetic.ts";
import type { GapsSoFar } from "../inference/token-clock.ts";

/** What a running inference has so far, as its record will say it: what is unknown is absent. */
export interface CountsSoFar {
  readonly promptTokens: number | undefined;
  readonly cachedPromptTokens: number | undefined;
  readonly promptEvalTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly contextShifts: number | undefined;
}

/** A running inference, as far as a scrape needs it. */
export interface LiveInference {
  /** Whether it makes a text. */
  readonly generates: boolean;
  readonly issuedAt: number;
  /** Whether the engine began to evaluate it: until then it is queued. */
  readonly evaluating: boolean;
  /** Whether it can be seen that it waits for its engine: not behind HTTP, where it counts as active as long as it is under way. */
  readonly queueIsSeen: boolean;
  readonly counts: CountsSoFar;
  readonly outputTokens: number;
  readonly gapsSoFar: GapsSoFar | undefined;
  readonly firstTokenAt: number | undefined;
  readonly lastTokenAt: number | undefined;
  /** What runs it, in OpenTelemetry's words. */
  readonly provider: string;
}

/** How long after its last token a model still shows its last rate. */
export const idleAfterMs = 60_000;

interface Rate {
  readonly rate: number;
  /** What runs the model; undefined where whoever reported the rate did not say. */
  readonly engine: string | undefined;
  readonly at: number;
  /** The clock of that moment: instances on one registry may have several. */
  readonly clock: Clock;
}

/** The last rate that anybody said, and the last one of each engine that has rows of its own. */
interface Rates {
  any?: Rate;
  readonly byEngine: Map<string, Rate>;
}

interface ModelState {
  /** With the clock that tells its moments. */
  readonly running: LiveMap<LiveInference, Clock>;
  /** What ran its inferences, one with rows of its own where that is one of several; undefined where none was seen. */
  engine: string | undefined;
  /** Whether one of its inferences was seen of which it can be seen that it waits. */
  queueIsSeen: boolean;
  readonly last: Rates;
  readonly reported: Rates;
}

/** How many of a model's inferences run, and how many wait. */
export interface RunningCounts {
  readonly active: number;
  /** Undefined where nobody sees who waits. */
  readonly queued: number | undefined;
}

/** How long a model's inferences under way have been at it, in milliseconds. What is unknown is absent. */
export interface Ages {
  /** Of the inference that was issued first. */
  readonly oldestMs?: number | undefined;
  /** Since the newest token of a generation that had one. */
  readonly lastTokenMs?: number | undefined;
}

/**
 * The inferences that run, by their model, and the decode rate that they make: the running ones' sum, else the last one's until the model was
 * idle for a minute. What somebody else measured is kept beside it, for a minute.
 */
export class LiveInferences {
  readonly #models = new Map<string, ModelState>();
  readonly #clock: Clock;

  /** @param clock of those that come with none */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param clock tells the inference's moments */
  begin(model: string, inference: LiveInference, clock = this.#clock): void {
    const state = this.#of(model);
    state.running.set(inference, clock);
    state.queueIsSeen ||= inference.queueIsSeen;
    if (state.engine === undefined || !hasRows(state.engine)) state.engine = inference.provider;
  }

  /** @param rate what the ended inference's record says: an engine may have corrected the tokens that were counted on the way */
  end(model: string, inference: LiveInference, rate: number | undefined, clock = this.#clock): void {
    const state = this.#of(model);
    state.running.delete(inference);
    if (rate !== undefined) keep(state.last, { rate, engine: inference.provider, at: clock.now(), clock });
  }

  /** Somebody else measured the decode rate just now. @param engine what runs the model, where that was said */
  report(model: string, rate: number, engine: string | undefined, clock = this.#clock): void {
    keep(this.#of(model).reported, { rate, engine, at: clock.now(), clock });
  }

  /** Takes over what was reported to another, maybe another copy's. */
  takeOver(other: LiveInferences): void {
    for (const [model, { any, byEngine }] of other.reportedRates()) {
      const { reported } = this.#of(model);
      if (any !== undefined) reported.any = any;
      for (const [engine, rate] of byEngine) reported.byEngine.set(engine, rate);
    }
  }

  *reportedRates(): Iterable<readonly [model: string, rates: Rates]> {
    for (const [model, { reported }] of this.#models) if (reported.any !== undefined) yield [model, reported];
  }

  /** What ran the model's inferences, an engine with rows of its own where that is one of several; undefined where none was seen. */
  engineOf(model: string): string | undefined {
    return this.#models.get(model)?.engine;
  }

  /** The decode rate of the observed inferences. @param of the engine, else all of them */
  rateOf(model: string, of?: string): number | undefined {
    const state = this.#models.get(model);
    return state === undefined ? undefined : (this.runningRateOf(model, of) ?? freshRate(rateIn(state.last, of)));
  }

  /** The decode rate of those that run; undefined where none of them decodes. @param of the engine, else all of them */
  runningRateOf(model: string, of?: string): number | undefined {
    const state = this.#models.get(model);
    if (state === undefined) return undefined;
    let sum: number | undefined;
    for (const [inference, clock] of state.running) {
      if (of !== undefined && inference.provider !== of) continue;
      // a tool may run for long between two tokens: what no token came from is not decoding
      const rate = isFresh(inference.lastTokenAt, clock) ? rateOf(inference) : undefined;
      if (rate !== undefined) sum = (sum ?? 0) + rate;
    }
    return sum;
  }

  /** The decode rate that somebody else measured. @param engine what runs the model: a rate that came without a name is its */
  reportedRateOf(model: string, of: string | undefined, engine: string): number | undefined {
    const state = this.#models.get(model);
    const rate = state === undefined ? undefined : rateIn(state.reported, of);
    return of === undefined || (rate?.engine ?? engine) === of ? freshRate(rate) : undefined;
  }

  /** Undefined for a model of which no inference was seen. */
  countsOf(model: string): RunningCounts | undefined {
    const state = this.#models.get(model);
    if (state?.engine === undefined) return undefined;
    let queued = 0;
    for (const [{ evaluating, queueIsSeen }] of state.running) if (queueIsSeen && !evaluating) queued += 1;
    return { active: state.running.size - queued, queued: state.queueIsSeen ? queued : undefined };
  }

  /** Nothing is known of a model without an inference under way. */
  agesOf(model: string): Ages {
    let oldestMs: number | undefined;
    let lastTokenMs: number | undefined;
    for (const [{ generates, issuedAt, firstTokenAt, lastTokenAt }, clock] of this.#models.get(model)?.running ?? []) {
      const now = clock.now();
      oldestMs = greatest(oldestMs, elapsedMs(issuedAt, now));
      if (generates) lastTokenMs = least(lastTokenMs, elapsedMs(lastTokenAt ?? firstTokenAt, now));
    }
    return { oldestMs, lastTokenMs };
  }

  models(): Iterable<string> {
    return this.#models.keys();
  }

  /** Every inference under way. */
  *running(): Iterable<readonly [model: string, inference: LiveInference]> {
    for (const [model, { running }] of this.#models) for (const [inference] of running) yield [model, inference];
  }

  #of(model: string): ModelState {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const state: ModelState = {
      running: new LiveMap(),
      engine: undefined,
      queueIsSeen: false,
      last: { byEngine: new Map() },
      reported: { byEngine: new Map() },
    };
    this.#models.set(model, state);
    return state;
  }
}

/** One of which nobody said whose it is may be the Go system's engine's. */
function keep(rates: Rates, rate: Rate): void {
  rates.any = rate;
  const { engine = goEngine } = rate;
  if (hasRows(engine)) rates.byEngine.set(engine, rate);
}

function greatest(known: number | undefined, other: number | undefined): number | undefined {
  return known === undefined || (other !== undefined && other > known) ? other : known;
}

function least(known: number | undefined, other: number | undefined): number | undefined {
  return known === undefined || (other !== undefined && other < known) ? other : known;
}

function rateIn({ any, byEngine }: Rates, of: string | undefined): Rate | undefined {
  return of === undefined ? any : byEngine.get(of);
}

function freshRate(rate: Rate | undefined): number | undefined {
  return rate !== undefined && isFresh(rate.at, rate.clock) ? rate.rate : undefined;
}

function isFresh(at: number | undefined, clock: Clock): boolean {
  const ageMs = elapsedMs(at, clock.now());
  return ageMs !== undefined && ageMs <= idleAfterMs;
}

function rateOf({ firstTokenAt, lastTokenAt, outputTokens }: LiveInference): number | undefined {
  if (firstTokenAt === undefined || lastTokenAt === undefined) return undefined;
  return decodeRate(outputTokens, lastTokenAt - firstTokenAt);
}
