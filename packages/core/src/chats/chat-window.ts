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

/** What chats came to, and how long they waited, in the last five minutes. */
export class ChatWindow {
  readonly #slices: Slices<ChatSlice>;
  #queued = 0;

  constructor() {
    this.#slices = new Slices(() => beginSlice(this.#queued));
  }

  /** Called for each token. */
  tokens(count: number, now: number): void {
    const slice = this.#slices.at(now);
    slice.tokens = added(slice.tokens, count);
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
    return { sinceMs: this.#slices.sinceMs(now), slices: this.#slices.window(now) };
  }

  figures(now: number): WindowFigures {
    return figuresOf(this.#slices.window(now));
  }

  series(now: number): SummarySeries {
    return seriesOf(this.#slices.window(now));
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
