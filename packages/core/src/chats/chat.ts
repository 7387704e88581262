import { elapsedMs } from "../base/time.ts";
import { type ChatPhase, chatPhases } from "../catalogue/values.ts";
import type { ChatOutcome, PhaseTimes } from "../summary/schema.ts";

/**
 * What a chat is at while something of it goes on: where several things do, the first of these. While nothing does, the app is at work: `before`.
 * They are numbers until somebody reads them: the engine looks up what is kept by one of six names far more slowly.
 */
export const phaseAt = {
  decode: 0,
  prompt: 1,
  queue: 2,
  line: 3,
  tool: 4,
  before: 5,
} as const satisfies Record<ChatPhase, number>;

export type Phase = (typeof phaseAt)[ChatPhase];

/** What something of a chat can be at. */
export type ActivePhase = Exclude<Phase, typeof phaseAt.before>;

/** @returns its name, as whoever reads it knows it */
export function nameOf(phase: Phase): ChatPhase {
  return chatPhases.find((name) => phaseAt[name] === phase) as ChatPhase;
}

/** What becomes known of a chat on its way. */
export interface ChatFacts {
  /** A number until somebody reads it. */
  readonly key: number;
  readonly requestId: string | undefined;
  traceId: string | undefined;
  /** That of the inference which began last. */
  model: string | undefined;
  errorType: string | undefined;
  firstTokenMs: number | undefined;
  queueMs: number | undefined;
  promptTokens: number | undefined;
  cachedPromptTokens: number | undefined;
  /** Of the inferences that ended. */
  outputTokens: number | undefined;
}

/** How many there were, on whatever board. */
let begun = 0;

/**
 * One chat: where it stands, and how long it was at what. The times are sums of stretches that do not overlap, so that they add up to all that
 * was seen of it. A stretch in which the clock went back, or failed, took no time that is known.
 */
export class Chat {
  readonly facts: ChatFacts;
  readonly beganAt: number;
  endedAt: number | undefined;
  outcome: ChatOutcome | undefined;
  /** Of one of its inferences nobody said when the engine began with it: how long it waited for that is unknown. */
  queueIsUnknown = false;
  /** How much of it is at each, and how long it was: numbers in arrays, since an object makes one for each sum. */
  readonly #running = [0, 0, 0, 0, 0];
  readonly #ms = [0, 0, 0, 0, 0, 0];
  #phase: Phase = phaseAt.before;
  #since: number;

  constructor(requestId: string | undefined, beganAt: number) {
    this.beganAt = beganAt;
    this.#since = beganAt;
    begun += 1;
    this.facts = {
      key: begun,
      requestId,
      traceId: undefined,
      model: undefined,
      errorType: undefined,
      firstTokenMs: undefined,
      queueMs: undefined,
      promptTokens: undefined,
      cachedPromptTokens: undefined,
      outputTokens: undefined,
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  get isOver(): boolean {
    return this.outcome !== undefined;
  }

  /** Something of it goes from one phase to another: undefined where it begins, and where it ends. */
  move(from: ActivePhase | undefined, to: ActivePhase | undefined, now: number): void {
    if (from !== undefined) this.#count(from, -1);
    if (to !== undefined) this.#count(to, 1);
    this.#settle(now);
    this.#phase = this.#firstRunning;
  }

  protected end(outcome: ChatOutcome, now: number): void {
    this.#settle(now);
    this.outcome = outcome;
    this.endedAt = now;
  }

  /** The milliseconds in which it waited up to now: in the app's own line, and for the engine. */
  waitedAt(now: number): number {
    const line = this.#msAt(phaseAt.line, now);
    return this.queueIsUnknown ? line : line + this.#msAt(phaseAt.queue, now);
  }

  /** The milliseconds in each phase up to now, or to its end. */
  timesAt(now: number): PhaseTimes {
    const times = chatPhases.map((phase) => [phase, this.msIn(phaseAt[phase], now)]);
    return Object.fromEntries(times.filter(([, ms]) => ms !== undefined));
  }

  /** The milliseconds in a phase up to now, or to its end. Where nobody knows how long it waited for the engine, that is a part of `prompt`. */
  msIn(phase: Phase, now: number): number | undefined {
    if (!this.queueIsUnknown) return this.#msAt(phase, now);
    if (phase === phaseAt.queue) return undefined;
    const queueMs = phase === phaseAt.prompt ? this.#msAt(phaseAt.queue, now) : 0;
    return this.#msAt(phase, now) + queueMs;
  }

  #msAt(phase: Phase, now: number): number {
    const goesOn = !this.isOver && phase === this.#phase;
    return goesOn ? this.#msOf(phase, now) : (this.#ms[phase] as number);
  }

  #count(phase: ActivePhase, more: 1 | -1): void {
    this.#running[phase] = (this.#running[phase] as number) + more;
  }

  get #firstRunning(): Phase {
    let phase: number = phaseAt.decode;
    while (phase < phaseAt.before && this.#running[phase] === 0) phase += 1;
    return phase as Phase;
  }

  #settle(now: number): void {
    this.#ms[this.#phase] = this.#msOf(this.#phase, now);
    this.#since = now;
  }

  /** How long it was at its phase, this stretch included. */
  #msOf(phase: Phase, now: number): number {
    return (this.#ms[phase] as number) + (elapsedMs(this.#since, now) ?? 0);
  }
}
