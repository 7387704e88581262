import { elapsedMs } from "../base/time.ts";
import type { ChatsPart } from "../chats/chat-board.ts";
import { listOf } from "../routes/json-answers.ts";
import type { ChatEntry, ChatTimes, SummaryAnswer } from "../summary/schema.ts";
import type { LiveSummary, LiveTick } from "./schema.ts";

/** Everything that can be shown, at a moment of the instance's clock. */
export class Moment {
  readonly at: number;
  readonly summary: SummaryAnswer;
  readonly #chats: ChatsPart;
  #ofKnown: View | undefined;
  #ofStrangers: View | undefined;

  constructor(at: number, summary: SummaryAnswer, chats: ChatsPart) {
    this.at = at;
    this.summary = summary;
    this.#chats = chats;
  }

  /** The same, of an app that stops. */
  get draining(): Moment {
    return new Moment(this.at, { ...this.summary, state: "draining" }, this.#chats);
  }

  /** @param isKnown whether the reader is told more of the chats than phases and times */
  view(isKnown: boolean): View {
    if (isKnown) {
      this.#ofKnown ??= this.#viewOf(true);
      return this.#ofKnown;
    }
    this.#ofStrangers ??= this.#viewOf(false);
    return this.#ofStrangers;
  }

  #viewOf(isKnown: boolean): View {
    return new View(this.at, { summary: this.summary, chats: listOf(this.#chats, isKnown) });
  }
}

/** What has changed since an earlier view. */
export interface Tick {
  /** Whether it says more than that time has passed, or a chat goes on. */
  readonly hasNews: boolean;
  readonly bytes: Uint8Array;
}

/** What one kind of readers is shown at a moment. Each event is made once, when the first reader needs it, and written to all as it is. */
export class View {
  readonly at: number;
  readonly #live: LiveSummary;
  /** Each field of the summary, as JSON. */
  readonly #fields: ReadonlyMap<string, string>;
  /** By the keys of the chats, what does not change by time alone, as JSON. */
  readonly #lasting: ReadonlyMap<string, string>;
  #whole: Uint8Array | undefined;
  /** Weak: a view must not keep the one before it, and that one all before. */
  readonly #ticks = new WeakMap<View, Tick>();

  constructor(at: number, live: LiveSummary) {
    this.at = at;
    this.#live = live;
    this.#fields = new Map(Object.entries(live.summary).map(([name, value]) => [name, JSON.stringify(value)]));
    this.#lasting = new Map(live.chats.chats.map((chat) => [chat.key, lastingOf(chat)]));
  }

  /** `event: summary`. */
  get whole(): Uint8Array {
    this.#whole ??= eventOf("summary", this.#live);
    return this.#whole;
  }

  /** `event: tick`. @returns undefined where nobody knows how much time passed */
  tickSince(earlier: View): Tick | undefined {
    const known = this.#ticks.get(earlier);
    if (known !== undefined) return known;
    const tick = this.#makeTick(earlier);
    if (tick !== undefined) this.#ticks.set(earlier, tick);
    return tick;
  }

  #makeTick(earlier: View): Tick | undefined {
    const sinceMs = elapsedMs(earlier.at, this.at);
    if (sinceMs === undefined) return undefined;
    const { underWay, chats, cluster } = this.#live.chats;
    const changed = chats.filter(({ key }) => earlier.#lasting.get(key) !== this.#lasting.get(key));
    const gone = [...earlier.#lasting.keys()].filter((key) => !this.#lasting.has(key));
    const summary = this.#changedFields(earlier);
    const tick: LiveTick = {
      elapsedMs: sinceMs,
      summary: Object.fromEntries(summary.map((name) => [name, Reflect.get(this.#live.summary, name) ?? null])),
      chats: { underWay, changed, gone, ...(cluster !== undefined && { cluster }) },
    };
    let bytes: Uint8Array | undefined;
    return {
      hasNews: underWay > 0 || changed.length + gone.length > 0 || summary.some((name) => this.#isNews(name, earlier)),
      get bytes() {
        bytes ??= eventOf("tick", tick);
        return bytes;
      },
    };
  }

  /** Those of either. */
  #changedFields(earlier: View): string[] {
    const names = new Set([...this.#fields.keys(), ...earlier.#fields.keys()]);
    return [...names].filter((name) => this.#fields.get(name) !== earlier.#fields.get(name));
  }

  #isNews(field: string, earlier: View): boolean {
    if (field === "now") return this.#nowBusy !== earlier.#nowBusy;
    return field !== "uptimeSeconds";
  }

  get #nowBusy(): string {
    return JSON.stringify({ ...this.#live.summary.now, idleSeconds: 0 });
  }
}

/** A chat without what only grows with time: its age, and how long it has been at the phase that goes on. */
function lastingOf({ ageMs: _age, endedMsAgo: _ended, ms, ...lasting }: ChatEntry | ChatTimes): string {
  const { phase } = lasting;
  return JSON.stringify({ ...lasting, ms: phase === undefined ? ms : { ...ms, [phase]: 0 } });
}

/** JSON has no line breaks, so that one line of data holds all of it. */
function eventOf(name: string, data: LiveSummary | LiveTick): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}
