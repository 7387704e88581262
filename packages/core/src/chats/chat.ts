import { elapsedMs } from "../base/time.ts";
import type { ChatOutcome, ChatPhase, PhaseTimes } from "../summary/schema.ts";

/** What a chat is at while something of it goes on: where several things do, the first of these. */
const byPrecedence = ["decode", "prompt", "queue", "line", "tool"] as const satisfies readonly ChatPhase[];

/** What a chat can be at. While it is at nothing of these, the app is at work: `before`. */
export type ActivePhase = (typeof byPrecedence)[number];

/** What becomes known of a chat on its way. */
export interface ChatFacts {
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

/**
 * One chat: where it stands, and how long it was at what. The times are sums of stretches that do not overlap, so that they add up to all that
 * was seen of it. A stretch in which the clock went back, or failed, took no time that is known.
 */
export class Chat {
  readonly facts: ChatFacts;
  readonly beganAt: number;
  endedAt: number | undefined;
  outcome: ChatOutcome | undefined;
  readonly #running: Record<ActivePhase, number> = { decode: 0, prompt: 0, queue: 0, line: 0, tool: 0 };
  readonly #ms: Record<ChatPhase, number> = { line: 0, before: 0, queue: 0, prompt: 0, decode: 0, tool: 0 };
  #phase: ChatPhase = "before";
  #since: number;

  constructor(requestId: string | undefined, beganAt: number) {
    this.beganAt = beganAt;
    this.#since = beganAt;
    this.facts = {
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

  get phase(): ChatPhase {
    return this.#phase;
  }

  /** Something of it goes from one phase to another: undefined where it begins, and where it ends. */
  move(from: ActivePhase | undefined, to: ActivePhase | undefined, now: number): void {
    if (from !== undefined) this.#running[from] -= 1;
    if (to !== undefined) this.#running[to] += 1;
    this.#settle(now);
    this.#phase = byPrecedence.find((phase) => this.#running[phase] > 0) ?? "before";
  }

  end(outcome: ChatOutcome, now: number): void {
    this.#settle(now);
    this.outcome = outcome;
    this.endedAt = now;
  }

  /** The milliseconds in each phase up to now, or to its end. */
  timesAt(now: number): PhaseTimes {
    const times = { ...this.#ms };
    if (this.outcome === undefined) times[this.#phase] += elapsedMs(this.#since, now) ?? 0;
    return times;
  }

  #settle(now: number): void {
    this.#ms[this.#phase] += elapsedMs(this.#since, now) ?? 0;
    this.#since = now;
  }
}
