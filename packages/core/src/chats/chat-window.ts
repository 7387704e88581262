import { added } from "../inference/received-values.ts";
import type { ChatOutcome, SummarySeries, WindowFigures } from "../summary/schema.ts";
import { Slices } from "../windows/slices.ts";
import { beginSlice, type ChatSlice, histogramIn, type Measure } from "./chat-slice.ts";
import { figuresOf, seriesOf } from "./window-figures.ts";

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
