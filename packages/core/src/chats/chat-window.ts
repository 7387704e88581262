import { LiveMap } from "../base/live-map.ts";
import { added } from "../inference/received-values.ts";
import type { ChatOutcome, Quantiles, SummarySeries, WindowFigures } from "../summary/schema.ts";
import { Slices, sliceMs, slicesInWindow } from "../windows/slices.ts";
import {
  addOutcomes,
  beginSlice,
  type ChatSlice,
  histogramIn,
  type Measure,
  mergedHistogram,
  noOutcomes,
  sumOf,
} from "./chat-slice.ts";

/** The window as it is at a moment, without the clock that it was measured by. */
export interface WindowPart {
  /** How long ago the newest slice began, in milliseconds. Of one that is kept for later it grows. */
  readonly sinceMs: number;
  /** The oldest first. They go on: to be read at once, and left as they are. */
  readonly slices: readonly ChatSlice[];
}

/** An inference under way, as far as its tokens are counted. */
export interface TokenSource {
  readonly outputTokens: number;
}

/**
 * What chats came to, and how long they waited, in the last five minutes; and the tokens that came, whoever they were for. Nothing is done
 * for a token: what came is read when a slice is over, when an inference ends, and when somebody asks.
 */
export class ChatWindow {
  readonly #slices: Slices<ChatSlice>;
  /** The inferences under way, and how many tokens of each are in a slice. */
  readonly #running = new LiveMap<TokenSource, number>();
  #queued = 0;

  constructor() {
    this.#slices = new Slices(
      () => beginSlice(this.#queued),
      (slice) => this.#take(slice),
    );
  }

  inferenceBegan(source: TokenSource): void {
    this.#running.set(source, 0);
  }

  /** Gives away what is under way, once its tokens so far are counted here. */
  handOver(now: number): ReadonlyMap<TokenSource, number> {
    this.#take(this.#slices.at(now));
    return this.#running.takeAll();
  }

  /** @param running what another window, maybe another copy's, gave away: of its tokens those count that come from now on */
  takeOver(running: ReadonlyMap<TokenSource, number>): void {
    for (const [source, taken] of running) this.#running.set(source, taken);
  }

  /**
   * To be called before the first token after the slice that goes on is counted.
   * @returns the milliseconds until then
   */
  moveOn(now: number): number {
    return sliceMs - this.#slices.sinceMs(now);
  }

  /** @param reported the tokens that the engine says it made, which may be more than were counted as they came */
  inferenceEnded(source: TokenSource, reported: number | undefined, now: number): void {
    const slice = this.#slices.at(now);
    const taken = this.#running.get(source) ?? 0;
    this.#running.delete(source);
    slice.tokens = added(slice.tokens, Math.max(source.outputTokens, reported ?? 0) - taken);
  }

  measured(measure: Measure, value: number, now: number): void {
    histogramIn(this.#slices.at(now), measure).add(value);
  }

  /** @param queued how many wait from now on */
  queued(queued: number, now: number): void {
    const slice = this.#slices.at(now);
    this.#queued = queued;
    slice.mostQueued = Math.max(slice.mostQueued, queued);
  }

  ended(outcome: ChatOutcome, now: number): void {
    this.#slices.at(now).outcomes[outcome] += 1;
  }

  part(now: number): WindowPart {
    const sinceMs = this.#slices.sinceMs(now);
    this.#take(this.#slices.at(now));
    return { sinceMs, slices: this.#slices.window(now) };
  }

  /** What came since it was last taken is the slice's. */
  #take(slice: ChatSlice): void {
    for (const [source, taken] of this.#running) {
      const { outputTokens } = source;
      if (outputTokens === taken) continue;
      slice.tokens = added(slice.tokens, outputTokens - taken);
      this.#running.set(source, outputTokens);
    }
  }
}

/** @param slices of the window, the oldest first; the last one goes on */
export function figuresOf(slices: readonly ChatSlice[]): WindowFigures {
  const counts = { ...noOutcomes };
  for (const { outcomes } of slices) addOutcomes(counts, outcomes);
  const chats = sumOf(counts);
  return {
    seconds: (slicesInWindow * sliceMs) / 1000,
    chats,
    ...counts,
    ...(chats > 0 && { errorRate: (counts.refused + counts.failed) / chats }),
    firstTokenMs: quantilesOf(slices, "firstTokenMs"),
    queueMs: quantilesOf(slices, "queueMs"),
    tokensPerSecond: medianOf(slices),
  };
}

/** Of what is over. @param slices as those of `figuresOf` */
export function seriesOf(slices: readonly ChatSlice[]): SummarySeries {
  const over = slices.slice(0, -1);
  return {
    stepSeconds: sliceMs / 1000,
    firstTokenP95Ms: over.map(({ firstTokenMs }) => firstTokenMs?.quantile(0.95) ?? null),
    tokensPerSecond: over.map(({ tokens }) => (tokens * 1000) / sliceMs),
    queued: over.map(({ mostQueued }) => mostQueued),
  };
}

function quantilesOf(slices: readonly ChatSlice[], measure: Measure): Quantiles {
  const all = mergedHistogram(slices, measure);
  const [p50, p95] = [all.quantile(0.5), all.quantile(0.95)];
  return p50 === undefined || p95 === undefined ? {} : { p50, p95 };
}

function medianOf(slices: readonly ChatSlice[]): Pick<Quantiles, "p50"> {
  const p50 = mergedHistogram(slices, "tokensPerSecond").quantile(0.5);
  return p50 === undefined ? {} : { p50 };
}
