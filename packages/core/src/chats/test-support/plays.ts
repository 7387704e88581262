import fc from "fast-check";
import { expect } from "vitest";
import { finishReasons } from "../../catalogue/values.ts";
import type { InferenceRecord } from "../../inference/record.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "../../request/ending.ts";
import { closeRequest, type RequestScope } from "../../request/scope.ts";
import type { ChatEntry, ChatPhase } from "../../summary/schema.ts";
import { fakeClock } from "../../testing/index.ts";
import { ChatBoard } from "../chat-board.ts";
import type { ChatInference, InferenceInChat, LineEntry } from "../chat-life.ts";
import type { LineOutcome } from "../outcome.ts";

/** What is done with one of a play's requests, lines and inferences, chosen by their numbers: any of it in any order, and again. */
type Step =
  | { readonly does: "enter" | "issue"; readonly request: number }
  | { readonly does: "close"; readonly request: number; readonly ending: RequestEnding | undefined }
  | { readonly does: "leave"; readonly line: number; readonly outcome: LineOutcome }
  | { readonly does: InferenceStep; readonly inference: number }
  | { readonly does: "end"; readonly inference: number; readonly finish: (typeof finishReasons)[number] }
  | { readonly does: "wait"; readonly ms: number };

const inferenceSteps = ["evaluate", "prefill", "output", "firstToken", "toolBegins", "toolEnds"] as const;
type InferenceStep = (typeof inferenceSteps)[number];

const endings = [complete(200, true), complete(503, true), leftByClient(false), brokenOff(200, false), undefined];
const some = fc.nat(5);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom("enter", "issue"), request: some }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("close"), request: some, ending: fc.constantFrom(...endings) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant("leave"),
      line: some,
      outcome: fc.constantFrom("admitted", "refused", "left", "failed"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constantFrom(...inferenceSteps), inference: some }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("end"), inference: some, finish: fc.constantFrom(...finishReasons) }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant("wait"), ms: fc.oneof(fc.nat(20_000), fc.nat(400_000)) }) },
);

/** Also of a clock that goes back, and that fails. */
const strangeStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: step },
  fc.record({ does: fc.constant("wait"), ms: fc.constantFrom(-1e6, -1, Number.NaN, 1e15) }),
);

// without a size they would be of ten steps at most
export const plays = fc.array(step, { maxLength: 60, size: "max" });
export const strangePlays = fc.array(strangeStep, { maxLength: 60, size: "max" });

interface PlayedInference {
  /** The chat that it has to be of. */
  readonly chat: string;
  readonly inference: ChatInference;
  readonly part: InferenceInChat;
  stage: "queue" | "prompt" | "decode" | "ended";
  tools: number;
}

interface PlayedEntry {
  readonly chat: string;
  readonly entry: LineEntry;
  isOver: boolean;
}

/** A board, and beside it what happened, from which everything could be told anew. */
export class Stage {
  readonly clock = fakeClock(1000);
  readonly board = new ChatBoard(this.clock);
  readonly requests: RequestScope[] = Array.from({ length: 5 }, (_, number) => ({
    requestId: `r${number}`,
    chat: false,
    closed: false,
  }));
  readonly #line: PlayedEntry[] = [];
  readonly #inferences: PlayedInference[] = [];

  /** The sixth request is none: what is issued in it is outside of any. */
  play(steps: readonly Step[]): void {
    for (const each of steps) this.#do(each);
  }

  /** Ends all that goes on. */
  endAll(): void {
    for (const inference of this.#inferences.keys()) this.#do({ does: "end", inference, finish: "stop" });
    for (const request of this.requests) closeRequest(request, complete(200, true));
  }

  /** What each chat has to be at now, `over` where it has to have ended. */
  phases(): Record<string, ChatPhase | "over"> {
    const chats = new Set([...this.#line, ...this.#inferences].map(({ chat }) => chat));
    return Object.fromEntries(Array.from(chats, (chat) => [chat, this.#phaseOf(chat)]));
  }

  #phaseOf(chat: string): ChatPhase | "over" {
    const inferences = this.#inferences.filter((each) => each.chat === chat);
    const request = this.requests.find(({ requestId }) => requestId === chat);
    const isOpen = request !== undefined && !request.closed;
    if (!isOpen && inferences.every(({ stage }) => stage === "ended")) return "over";
    const at: string[] = inferences.map(({ stage, tools }) => (tools > 0 ? "tool" : stage));
    if (isOpen && this.#line.some((each) => each.chat === chat && !each.isOver)) at.push("line");
    return (["decode", "prompt", "queue", "line", "tool"] as const).find((phase) => at.includes(phase)) ?? "before";
  }

  #do(each: Step): void {
    if (each.does === "wait") this.clock.advance(each.ms);
    else if (each.does === "leave") this.#leave(this.#line[each.line], each.outcome);
    else if ("inference" in each) this.#doWith(this.#inferences[each.inference], each);
    else this.#doIn(this.requests[each.request], each);
  }

  #doIn(request: RequestScope | undefined, each: Extract<Step, { readonly request: number }>): void {
    if (each.does === "issue") this.#issue(request);
    else if (request === undefined) return;
    else if (each.does === "enter") this.#enter(request);
    else if (each.does === "close") closeRequest(request, each.ending);
  }

  #enter(request: RequestScope): void {
    const entry = this.board.enterLine(request, () => 1);
    expect(entry === undefined).toBe(request.closed);
    if (entry !== undefined) this.#line.push({ chat: request.requestId, entry, isOver: false });
  }

  #leave(played: PlayedEntry | undefined, outcome: LineOutcome): void {
    if (played === undefined) return;
    played.entry.end(outcome);
    played.isOver = true;
  }

  /** The model's name says of which chat it is. */
  #issue(request: RequestScope | undefined): void {
    const isIn = request !== undefined && !request.closed;
    const chat = isIn ? request.requestId : `alone ${this.#inferences.length}`;
    // every third is of a model behind HTTP
    const queueIsSeen = this.#inferences.length % 3 < 2;
    const inference = { clock: this.board.clock, model: chat, outputTokens: 0, traceId: undefined, queueIsSeen };
    const part = this.board.issued(request, inference, this.board.now());
    this.#inferences.push({ chat, inference, part, stage: queueIsSeen ? "queue" : "prompt", tools: 0 });
  }

  /** As an inference tells it: nothing of its stages once it ended, and of each tool one end at most. */
  #doWith(played: PlayedInference | undefined, each: Extract<Step, { readonly inference: number }>): void {
    if (played === undefined) return;
    if (each.does === "toolBegins") {
      played.tools += 1;
      played.part.toolBegan();
    } else if (each.does === "toolEnds" && played.tools > 0) {
      played.tools -= 1;
      played.part.toolEnded();
    } else if (played.stage !== "ended") goOn(played, each, this.board.now());
  }
}

function goOn(played: PlayedInference, each: Extract<Step, { readonly inference: number }>, now: number): void {
  const { part, stage } = played;
  if (each.does === "evaluate" || each.does === "prefill") {
    part.evaluating(each.does === "evaluate", now);
    if (stage === "queue") played.stage = "prompt";
  } else if (each.does === "output" || each.does === "firstToken") {
    part.answering(now);
    if (each.does === "firstToken") part.firstToken(now);
    played.stage = "decode";
  } else if (each.does === "end") {
    part.ended({ finishReason: { unified: each.finish } } as InferenceRecord, now);
    played.stage = "ended";
  }
}

const isSound = (ms: number | undefined) => ms === undefined || (Number.isFinite(ms) && ms >= 0);

/** What holds for every chat, whatever happened. */
export function expectSound(entry: ChatEntry): void {
  const times = Object.values(entry.ms);
  expect(times.every(isSound) && isSound(entry.ageMs) && isSound(entry.endedMsAgo)).toBe(true);
  expect(isSound(entry.firstTokenMs) && isSound(entry.queueMs)).toBe(true);
  expect((entry.phase === undefined) !== (entry.outcome === undefined)).toBe(true);
}

/** Each chat goes on or came to one end, as what happened says, and the board's counts say the same as its list. */
export function expectCounted(stage: Stage): void {
  const { board } = stage;
  const entries = board.list();
  const shown = entries.map(({ model, requestId, phase = "over" }) => [model ?? requestId, phase]);
  expect(shown.length).toBe(new Set(shown.map(([chat]) => chat)).size);
  expect(Object.fromEntries(shown)).toEqual(stage.phases());
  const now = board.current();
  const inPhases = (...phases: ChatEntry["phase"][]) =>
    entries.filter(({ phase }) => phase !== undefined && phases.includes(phase)).length;
  const ended = entries.filter(({ outcome }) => outcome !== undefined);
  const { chats, ...outcomes } = board.totals;
  expect({ ...now, idleSeconds: undefined }).toEqual({
    chats: entries.length - ended.length,
    active: inPhases("prompt", "decode", "tool"),
    queued: inPhases("queue", "line"),
    inLine: inPhases("line"),
    idleSeconds: undefined,
  });
  expect(chats).toBe(ended.length);
  for (const [outcome, count] of Object.entries(outcomes))
    expect(count).toBe(ended.filter((entry) => entry.outcome === outcome).length);
}
