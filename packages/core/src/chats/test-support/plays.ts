import fc from "fast-check";
import { expect } from "vitest";
import { finishReasons } from "../../catalogue/values.ts";
import type { InferenceRecord } from "../../inference/record.ts";
import { brokenOff, complete, leftByClient, type RequestEnding } from "../../request/ending.ts";
import { closeRequest, type RequestScope } from "../../request/scope.ts";
import type { ChatEntry } from "../../summary/schema.ts";
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

export const plays = fc.array(step, { maxLength: 60 });
export const strangePlays = fc.array(strangeStep, { maxLength: 60 });

/** A board, with what happened on it. */
export class Stage {
  readonly clock = fakeClock(1000);
  readonly board = new ChatBoard(this.clock);
  readonly requests: RequestScope[] = Array.from({ length: 5 }, () => ({
    requestId: "same",
    chat: false,
    closed: false,
  }));
  readonly #lines: (LineEntry | undefined)[] = [];
  readonly #inferences: {
    readonly inference: ChatInference;
    readonly part: InferenceInChat;
    ended: boolean;
    tools: number;
  }[] = [];

  /** The sixth request is none: what is issued in it is outside of any. */
  play(steps: readonly Step[]): void {
    for (const each of steps) this.#do(each);
  }

  /** Ends all that goes on. */
  endAll(): void {
    for (const inference of this.#inferences.keys()) this.#do({ does: "end", inference, finish: "stop" });
    for (const request of this.requests) closeRequest(request, complete(200, true));
  }

  #do(each: Step): void {
    if (each.does === "wait") this.clock.advance(each.ms);
    else if (each.does === "leave") this.#lines[each.line]?.end(each.outcome);
    else if ("inference" in each) this.#doWith(each);
    else this.#doIn(this.requests[each.request], each);
  }

  #doIn(request: RequestScope | undefined, each: Extract<Step, { readonly request: number }>): void {
    if (each.does === "issue") this.#issue(request);
    else if (request === undefined) return;
    else if (each.does === "enter") this.#lines.push(this.board.enterLine(request, () => 1));
    else if (each.does === "close") closeRequest(request, each.ending);
  }

  #issue(request: RequestScope | undefined): void {
    const inference = { model: "tiny", outputTokens: 0, traceId: undefined };
    this.#inferences.push({ inference, part: this.board.issued(request, inference), ended: false, tools: 0 });
  }

  /** As an inference tells it: nothing of its stages once it ended, and of each tool one end at most. */
  #doWith(each: Extract<Step, { readonly inference: number }>): void {
    const known = this.#inferences[each.inference];
    if (known === undefined) return;
    const { part, ended } = known;
    if (each.does === "toolBegins") {
      known.tools += 1;
      part.toolBegan();
    } else if (each.does === "toolEnds" && known.tools > 0) {
      known.tools -= 1;
      part.toolEnded();
    } else if (!ended) {
      if (each.does === "evaluate") part.evaluating(true);
      if (each.does === "prefill") part.evaluating(false);
      if (each.does === "output") part.answering();
      if (each.does === "firstToken") {
        part.answering();
        part.firstToken();
      }
      if (each.does === "end") {
        known.ended = true;
        part.ended({ finishReason: { unified: each.finish } } as InferenceRecord);
      }
    }
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

/** Each chat goes on or came to one end, and the board's counts say the same as its list. */
export function expectCounted({ board }: Stage): void {
  const entries = board.list();
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
