import { type Clock, elapsedMs } from "../base/time.ts";
import { added } from "../inference/received-values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import type { RequestEnding } from "../request/ending.ts";
import { type ActivePhase, Chat, type Phase, phaseAt } from "./chat.ts";
import { type LineOutcome, outcomeOf } from "./outcome.ts";

/** What a chat needs of the board that it is on. */
export interface ChatKeeper {
  readonly clock: Clock;
  moved(from: Phase, to: Phase, now: number): void;
  firstToken(ms: number, now: number): void;
  leftQueue(ms: number, now: number): void;
  decoded(tokensPerSecond: number, now: number): void;
  ended(chat: ChatLife, now: number): void;
}

/** A running inference of a chat, as far as a list of chats shows it. */
export interface ChatInference {
  /** Tells its moments: a moment of another clock than the board's is none there. */
  readonly clock: Clock;
  readonly model: string;
  readonly traceId: string | undefined;
  readonly outputTokens: number;
  /** Whether it can be seen that it waits for its engine. */
  readonly queueIsSeen: boolean;
}

/** One for all chats: most have no entry in a line, and those that are over have no inference. */
const none: readonly never[] = [];

/** A chat from its beginning until its request is closed, where it has one, and its last inference has ended. */
export class ChatLife extends Chat {
  readonly #keeper: ChatKeeper;
  /** Arrays: there is one of them, or none, nearly always. */
  #inferences: readonly ChatInference[] = none;
  #line: readonly LineEntry[] = none;
  #requestIsOpen: boolean;
  #ending: RequestEnding | undefined;
  #finish: InferenceRecord["finishReason"]["unified"] | undefined;
  #lineOutcome: LineOutcome | undefined;
  #begun = 0;

  /** @param requestIsOpen whether it waits for the close of a request */
  constructor(keeper: ChatKeeper, requestId: string | undefined, beganAt: number, requestIsOpen: boolean) {
    super(requestId, beganAt);
    this.#keeper = keeper;
    this.#requestIsOpen = requestIsOpen;
  }

  get clock(): Clock {
    return this.#keeper.clock;
  }

  now(): number {
    return this.clock.now();
  }

  /** Where it stands in the app's own line; undefined where it does not, or the line has no order that is known. */
  get place(): number | undefined {
    return this.#line[0]?.place;
  }

  get traceId(): string | undefined {
    let { traceId } = this.facts;
    for (const inference of this.#inferences) traceId ??= inference.traceId;
    return traceId;
  }

  /** The output tokens of its inferences so far. */
  get outputTokens(): number | undefined {
    let tokens = this.facts.outputTokens;
    for (const { outputTokens } of this.#inferences) if (outputTokens > 0) tokens = added(tokens, outputTokens);
    return tokens;
  }

  enterLine(placeOf: PlaceOf | undefined): LineEntry {
    const entry = new LineEntry(this, placeOf);
    this.#line = and(this.#line, entry);
    this.move(undefined, phaseAt.line);
    return entry;
  }

  leaveLine(entry: LineEntry, outcome: LineOutcome): void {
    this.#line = without(this.#line, entry);
    this.#lineOutcome = outcome;
    this.move(phaseAt.line, undefined);
  }

  /** The model is this inference's. */
  runsOn({ model }: ChatInference): void {
    this.facts.model = model;
  }

  issue(inference: ChatInference, now: number): InferenceInChat {
    this.runsOn(inference);
    this.#inferences = and(this.#inferences, inference);
    this.#begun += 1;
    return new InferenceInChat(this, inference, this.#begun === 1, now);
  }

  override move(from: ActivePhase | undefined, to: ActivePhase | undefined, now = this.now()): void {
    if (this.isOver || from === to) return;
    const { phase } = this;
    super.move(from, to, now);
    if (this.phase !== phase) this.#keeper.moved(phase, this.phase, now);
  }

  firstToken(now: number): void {
    const { facts, beganAt } = this;
    if (facts.firstTokenMs !== undefined) return;
    facts.firstTokenMs = elapsedMs(beganAt, now);
    if (facts.firstTokenMs !== undefined) this.#keeper.firstToken(facts.firstTokenMs, now);
  }

  /** Nobody says when the engine begins with an inference of it. */
  engineIsSilent(isFirst: boolean, now: number): void {
    this.queueIsUnknown = true;
    // its wait in the app's own line is known all the same
    if (isFirst && this.#lineOutcome !== undefined) this.leftQueue(now);
  }

  leftQueue(now: number): void {
    const { facts, beganAt } = this;
    facts.queueMs = elapsedMs(beganAt, now) === undefined ? undefined : this.waitedAt(now);
    if (facts.queueMs !== undefined) this.#keeper.leftQueue(facts.queueMs, now);
  }

  inferenceEnded(inference: ChatInference, record: InferenceRecord, now: number): void {
    if (!this.#inferences.includes(inference)) return;
    this.#inferences = without(this.#inferences, inference);
    const { facts } = this;
    this.#finish = record.finishReason.unified;
    facts.errorType = record.failure?.type;
    facts.traceId ??= record.traceId;
    facts.promptTokens = sum(facts.promptTokens, record.promptTokens);
    facts.cachedPromptTokens = sum(facts.cachedPromptTokens, record.cachedPromptTokens);
    facts.outputTokens = sum(facts.outputTokens, record.outputTokens);
    if (record.tokensPerSecond !== undefined) this.#keeper.decoded(record.tokensPerSecond, now);
    this.#endIfOver(now);
  }

  /** Its request is closed. Who waits in the app's own line then has left it. */
  requestClosed(ending: RequestEnding | undefined): void {
    this.#requestIsOpen = false;
    this.#ending = ending;
    for (const entry of this.#line) entry.end("left");
    this.#endIfOver(this.now());
  }

  #endIfOver(now: number): void {
    if (this.#requestIsOpen || this.#inferences.length > 0) return;
    this.end(outcomeOf({ ending: this.#ending, finish: this.#finish, line: this.#lineOutcome }), now);
    this.#keeper.ended(this, now);
  }
}

function and<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items === none ? [item] : [...items, item];
}

/** Nothing is made where it is the only one. */
function without<Item>(items: readonly Item[], item: Item): readonly Item[] {
  return items.length === 1 && items[0] === item ? none : items.filter((other) => other !== item);
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return b === undefined ? a : added(a, b);
}

/** A request's place in its line now, 1 for the next; undefined where the line has no order. */
export type PlaceOf = () => number | undefined;

/** A chat's stay in the app's own line. It ends once: with the close of the request at the latest. */
export class LineEntry {
  readonly #life: ChatLife;
  readonly #placeOf: PlaceOf | undefined;
  #isOver = false;

  constructor(life: ChatLife, placeOf: PlaceOf | undefined) {
    this.#life = life;
    this.#placeOf = placeOf;
  }

  get place(): number | undefined {
    return this.#placeOf?.();
  }

  /** @param outcome what became of it */
  end(outcome: LineOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#life.leaveLine(this, outcome);
  }
}

const { queue, prompt, decode, tool } = phaseAt;

type Stage = typeof queue | typeof prompt | typeof decode | undefined;

/**
 * What an inference tells the chat that it is of: after its end, nothing but of its tools. Nothing is made for any of it. The moments of what
 * it tells are by the inference's clock.
 */
export class InferenceInChat {
  readonly #life: ChatLife;
  readonly #inference: ChatInference;
  readonly #isFirst: boolean;
  readonly #hasChatsClock: boolean;
  #stage: Stage;
  #tools = 0;

  constructor(life: ChatLife, inference: ChatInference, isFirst: boolean, now: number) {
    this.#life = life;
    this.#inference = inference;
    this.#isFirst = isFirst;
    this.#hasChatsClock = inference.clock === life.clock;
    this.#stage = inference.queueIsSeen ? queue : prompt;
    life.move(undefined, this.#stage, now);
    if (!inference.queueIsSeen) life.engineIsSilent(isFirst, now);
  }

  /** The engine began with it. @param isSaid whether somebody says that it is now; otherwise it had begun by now, nobody knows when */
  evaluating(isSaid: boolean, now?: number): void {
    if (this.#stage !== queue) return;
    const moment = this.#moment(now);
    if (!isSaid) this.#life.engineIsSilent(this.#isFirst, moment);
    else if (this.#isFirst) this.#life.leftQueue(moment);
    this.#enter(prompt, this.#tools, moment);
  }

  /** Something came out of it. */
  answering(now?: number): void {
    if (this.#stage === decode) return;
    const moment = this.#moment(now);
    if (this.#stage === queue) this.#life.engineIsSilent(this.#isFirst, moment);
    this.#enter(decode, this.#tools, moment);
  }

  firstToken(now: number): void {
    this.#life.firstToken(this.#moment(now));
  }

  /** Its server showed another model than it began with. */
  renamed(): void {
    this.#life.runsOn(this.#inference);
  }

  /** One of its tools runs. It may have ended, as where an app calls what a model asked for. */
  toolBegan(): void {
    this.#enter(this.#stage, this.#tools + 1, this.#life.now());
  }

  toolEnded(): void {
    this.#enter(this.#stage, this.#tools - 1, this.#life.now());
  }

  ended(record: InferenceRecord, now: number): void {
    const moment = this.#moment(now);
    this.#life.inferenceEnded(this.#inference, record, moment);
    // a chat that is over by this stays at the phase that it ended at
    this.#enter(undefined, this.#tools, moment);
  }

  #enter(stage: Stage, tools: number, now: number): void {
    const from = this.#phase;
    this.#stage = stage;
    this.#tools = tools;
    this.#life.move(from, this.#phase, now);
  }

  get #phase(): ActivePhase | undefined {
    return this.#tools > 0 ? tool : this.#stage;
  }

  /** @param at now, where it was read already */
  #moment(at: number | undefined): number {
    return at !== undefined && this.#hasChatsClock ? at : this.#life.now();
  }
}
