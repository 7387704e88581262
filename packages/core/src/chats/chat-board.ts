import { LiveMap } from "../base/live-map.ts";
import { type Clock, elapsedMs } from "../base/time.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { currentCorrelation, type ObservedScope, onceRequestCloses } from "../request/scope.ts";
import type { ChatEntry, ChatOutcome, ClusterFigures, CurrentFigures, OutcomeCounts } from "../summary/schema.ts";
import { type Chat, nameOf, type Phase, phaseAt } from "./chat.ts";
import {
  type ChatInference,
  type ChatKeeper,
  ChatLife,
  type InferenceInChat,
  type LineEntry,
  type PlaceOf,
} from "./chat-life.ts";
import { noOutcomes, sumOf } from "./chat-slice.ts";
import { ChatWindow, type TokenSource } from "./chat-window.ts";

/** How many chats under way are listed: those that begin while there are as many are counted, and not listed. */
export const mostListed = 200;

/** How many of those that ended are kept. */
export const mostEnded = 100;

/** The chats of one process, or of several in one list. */
export interface ChatsPart {
  readonly underWay: number;
  readonly chats: readonly ChatEntry[];
  /** Of a cluster, what the list is made of besides. */
  readonly cluster?: ClusterFigures;
}

type ChatEnded = (chat: Chat, now: number) => void;

/**
 * The chats of one instance: a chat is a request that entered the app's own line or began a generating inference for its reader, or such an
 * inference outside of any request, also after its close. The board hears of no other request. Each chat is one until its request is closed and
 * its last inference ended, and comes to exactly one outcome.
 */
export class ChatBoard implements ChatKeeper {
  readonly window = new ChatWindow();
  readonly clock: Clock;
  /** Two requests may have one id: their caller chooses it. */
  readonly #ofRequests = new WeakMap<ObservedScope, ChatLife>();
  readonly #listed = new LiveMap<ChatLife, true>();
  /** A ring: the next one takes the place of the oldest. */
  readonly #ended: ChatLife[] = [];
  #nextEnded = 0;
  readonly #outcomes: Record<ChatOutcome, number> = { ...noOutcomes };
  /** How many chats are at each phase. */
  readonly #at = [0, 0, 0, 0, 0, 0];
  #lastEndedAt: number | undefined;
  readonly #chatEnded: ChatEnded;

  /** @param chatEnded is told of each chat that is over. It does not throw */
  constructor(clock: Clock, chatEnded: ChatEnded = () => {}) {
    this.clock = clock;
    this.#chatEnded = chatEnded;
  }

  /**
   * A request entered the app's own line.
   * @param placeOf asked when the chats are listed; only where the line is first-in-first-out
   * @returns nothing where the request is closed: what waits then is nobody's chat
   */
  enterLine(request: ObservedScope, placeOf?: PlaceOf): LineEntry | undefined {
    if (request.closed) return undefined;
    const life = this.#of(request, this.now());
    life.facts.traceId ??= currentCorrelation().traceId;
    return life.enterLine(placeOf);
  }

  /** A generating inference for the reader was issued. */
  issued(request: ObservedScope | undefined, inference: ChatInference, issuedAt: number): InferenceInChat {
    // a moment by another clock is none of the board's
    const at = inference.clock === this.clock ? issuedAt : this.now();
    return this.#of(request, at).issue(inference, issuedAt);
  }

  /** Any inference, whoever it is for: its tokens are in the window. */
  inferenceBegan(source: TokenSource): void {
    this.window.inferenceBegan(source);
  }

  inferenceEnded(source: TokenSource, { outputTokens }: InferenceRecord): void {
    this.window.inferenceEnded(source, outputTokens, this.now());
  }

  /** Takes over the inferences that go on, for what comes from now on. */
  takeOver(other: ChatBoard): void {
    if (other !== this) this.window.takeOver(other.window.handOver(other.now()));
  }

  /** See the window's. The inference may have another clock. */
  moveOn(): number {
    return this.window.moveOn(this.now());
  }

  get totals(): OutcomeCounts & { readonly chats: number } {
    return { chats: sumOf(this.#outcomes), ...this.#outcomes };
  }

  current(): Omit<CurrentFigures, "tokensPerSecond"> {
    const [line, queue] = [this.#countAt(phaseAt.line), this.#countAt(phaseAt.queue)];
    const idleMs = this.#underWay > 0 ? 0 : elapsedMs(this.#lastEndedAt, this.now());
    return {
      chats: this.#underWay,
      active: this.#underWay - this.#countAt(phaseAt.before) - line - queue,
      queued: line + queue,
      inLine: line,
      ...(idleMs !== undefined && { idleSeconds: idleMs / 1000 }),
    };
  }

  /** Those under way in the order of their beginning, then those that ended, the last one first. */
  list(): ChatEntry[] {
    const now = this.now();
    const underWay = Array.from(this.#listed, ([chat]) => chat);
    return [...underWay, ...this.#lastEnded()].map((chat) => entryOf(chat, now));
  }

  /** The last one first. */
  #lastEnded(): ChatLife[] {
    return [...this.#ended.slice(this.#nextEnded), ...this.#ended.slice(0, this.#nextEnded)].reverse();
  }

  /** Those of this process, to be listed with those of others. */
  part(): ChatsPart {
    return { underWay: this.#underWay, chats: this.list() };
  }

  now(): number {
    return this.clock.now();
  }

  moved(from: Phase, to: Phase, now: number): void {
    this.#count(from, -1);
    this.#count(to, 1);
    if (waits(from) || waits(to)) this.window.queued(this.#waiting, now);
  }

  firstToken(ms: number, now: number): void {
    this.window.measured("firstTokenMs", ms, now);
  }

  leftQueue(ms: number, now: number): void {
    this.window.measured("queueMs", ms, now);
  }

  decoded(tokensPerSecond: number, now: number): void {
    this.window.measured("tokensPerSecond", tokensPerSecond, now);
  }

  ended(chat: ChatLife, now: number): void {
    const { phase, outcome } = chat;
    this.#count(phase, -1);
    if (waits(phase)) this.window.queued(this.#waiting, now);
    this.#lastEndedAt = now;
    this.#listed.delete(chat);
    if (outcome !== undefined) {
      this.#outcomes[outcome] += 1;
      this.window.ended(outcome, now);
    }
    this.#ended[this.#nextEnded] = chat;
    this.#nextEnded = (this.#nextEnded + 1) % mostEnded;
    this.#chatEnded(chat, now);
  }

  get #underWay(): number {
    return this.#at.reduce((all, count) => all + count, 0);
  }

  get #waiting(): number {
    return this.#countAt(phaseAt.line) + this.#countAt(phaseAt.queue);
  }

  #countAt(phase: Phase): number {
    return this.#at[phase] as number;
  }

  #count(phase: Phase, more: 1 | -1): void {
    this.#at[phase] = this.#countAt(phase) + more;
  }

  /** @param now when it begins, unless its request's arrival is known */
  #of(request: ObservedScope | undefined, now: number): ChatLife {
    if (request === undefined || request.closed) return this.#begin(request?.requestId, now, false);
    const known = this.#ofRequests.get(request);
    if (known !== undefined) return known;
    // an arrival by another clock is no moment of this one
    const arrivedAt = request.wait?.clock === this.clock ? request.arrivedAt : undefined;
    const life = this.#begin(request.requestId, arrivedAt ?? now, true);
    this.#ofRequests.set(request, life);
    onceRequestCloses(request, (ending) => {
      // what begins after the close is another chat; and the table keeps the size that it has once had
      this.#ofRequests.delete(request);
      life.requestClosed(ending);
    });
    return life;
  }

  #begin(requestId: string | undefined, beganAt: number, requestIsOpen: boolean): ChatLife {
    const life = new ChatLife(this, requestId, beganAt, requestIsOpen);
    this.#count(phaseAt.before, 1);
    if (this.#listed.size < mostListed) this.#listed.set(life, true);
    return life;
  }
}

function waits(phase: Phase): boolean {
  return phase === phaseAt.line || phase === phaseAt.queue;
}

function entryOf(chat: ChatLife, now: number): ChatEntry {
  const { phase, outcome, beganAt, endedAt, facts, traceId, place, outputTokens } = chat;
  const entry = {
    phase: outcome === undefined ? nameOf(phase) : undefined,
    outcome,
    ageMs: elapsedMs(beganAt, now),
    endedMsAgo: elapsedMs(endedAt, now),
    ms: chat.timesAt(now),
    ...facts,
    key: String(facts.key),
    traceId,
    place,
    outputTokens,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)) as unknown as ChatEntry;
}
