import { added } from "../inference/received-values.ts";
import type { ChatOutcome, OutcomeCounts, Quantiles, SummarySeries, WindowFigures } from "../summary/schema.ts";
import { LogHistogram } from "../windows/log-histogram.ts";
import { Slices, sliceMs, slicesInWindow } from "../windows/slices.ts";

/** Where no chat ended. */
export const noOutcomes: OutcomeCounts = { answered: 0, refused: 0, left: 0, failed: 0, aborted: 0 };

/** What came in five seconds. */
interface ChatSlice {
  readonly outcomes: Record<ChatOutcome, number>;
  firstTokenMs?: LogHistogram;
  queueMs?: LogHistogram;
  tokensPerSecond?: LogHistogram;
  tokens: number;
  mostQueued: number;
}

/** What is a histogram in a slice. */
type Measured = "firstTokenMs" | "queueMs" | "tokensPerSecond";

/** What chats came to, and how long they waited, in the last five minutes. */
export class ChatWindow {
  readonly #slices: Slices<ChatSlice>;
  #queued = 0;

  constructor() {
    this.#slices = new Slices(() => ({ outcomes: { ...noOutcomes }, tokens: 0, mostQueued: this.#queued }));
  }

  /** Called for each token. */
  tokens(count: number, now: number): void {
    const slice = this.#slices.at(now);
    slice.tokens = added(slice.tokens, count);
  }

  measured(what: Measured, value: number, now: number): void {
    const slice = this.#slices.at(now);
    const histogram = slice[what] ?? new LogHistogram();
    slice[what] = histogram;
    histogram.add(value);
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

  figures(now: number): WindowFigures {
    const slices = this.#slices.window(now);
    const counts = { ...noOutcomes };
    for (const { outcomes } of slices)
      for (const outcome of Object.keys(counts) as ChatOutcome[]) counts[outcome] += outcomes[outcome];
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

  /** Of what is over. */
  series(now: number): SummarySeries {
    const slices = this.#slices.window(now).slice(0, -1);
    return {
      stepSeconds: sliceMs / 1000,
      firstTokenP95Ms: slices.map(({ firstTokenMs }) => firstTokenMs?.quantile(0.95) ?? null),
      tokensPerSecond: slices.map(({ tokens }) => (tokens * 1000) / sliceMs),
      queued: slices.map(({ mostQueued }) => mostQueued),
    };
  }
}

export function sumOf(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function merged(slices: readonly ChatSlice[], what: Measured): LogHistogram {
  const all = new LogHistogram();
  for (const { [what]: histogram } of slices) if (histogram !== undefined) all.merge(histogram);
  return all;
}

function quantilesOf(slices: readonly ChatSlice[], what: Measured): Quantiles {
  const all = merged(slices, what);
  const [p50, p95] = [all.quantile(0.5), all.quantile(0.95)];
  return p50 === undefined || p95 === undefined ? {} : { p50, p95 };
}

function medianOf(slices: readonly ChatSlice[]): Pick<Quantiles, "p50"> {
  const p50 = merged(slices, "tokensPerSecond").quantile(0.5);
  return p50 === undefined ? {} : { p50 };
}
