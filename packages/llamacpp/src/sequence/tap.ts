import timers from "node:timers";
import { removeFrom, type Undo } from "@aiwatch/core/adapter";
import type { Scope } from "../observe/observed-object.ts";
import type { ContextActivity } from "../readings/context-activity.ts";
import type { MeterTap } from "./meter-tap.ts";

/** As they are at load: a test's fake timers, taken away again, would never run what they took. */
const { clearTimeout, setTimeout } = timers;

/** What the engine settles by itself after a dispose, it settles by the end of the batch that is under way. */
const aMomentMs = 1000;

/** What a sequence reports to one of the operations that it serves. */
export interface TappedOperation {
  /** A batch with some of its prompt's tokens is about to be decoded. @returns whether there are more to come */
  prefills(tokens: number): boolean;
  /** The sequence itself evicted tokens in the midst of a decode. */
  shifts(): void;
  /** The engine could not move what it kept of the KV cache, and evaluates it again. */
  evaluatesAgain(tokens: readonly unknown[]): void;
  /** Calls `end` where its instance is closed or the process exits before. @returns calls it no more */
  endsAtLast(end: () => void): Undo;
  /** The sequence is disposed, and the engine had its moment to say how it ended. */
  disposed(): void;
}

/** An operation that the engine has in hand, from when it takes it up until it lays it down: the next time is another. */
interface InHand {
  readonly operation: TappedOperation;
}

/** What one sequence does at the moment. */
export class SequenceTap {
  readonly activity: ContextActivity;
  /** Holds the tap. @returns releases it */
  readonly hold: () => Undo;
  /** Where the sequence itself is observed: what is evaluated outside of any call is an inference then. */
  scope: Scope | undefined;
  /** Whose tokens the sequence evicts, should it have to: the last one that began to evaluate. */
  current: TappedOperation | undefined;
  readonly #meter: MeterTap;
  /** Whose prompts are to be decoded, in the order in which the sequence's lock lets them. */
  readonly #prefilling: TappedOperation[] = [];
  /** One or two: a list, since a `Map` that a last one leaves makes its table anew. */
  readonly #inHand: InHand[] = [];
  #isDisposed = false;

  constructor(activity: ContextActivity, meter: MeterTap, hold: () => Undo) {
    this.activity = activity;
    this.hold = hold;
    this.#meter = meter;
  }

  /** The engine takes it up. What begins on a sequence that is disposed ends as the others do. */
  open(operation: TappedOperation): void {
    if (this.#find(operation) !== undefined) return;
    const taken = { operation };
    this.#inHand.push(taken);
    if (this.#isDisposed) this.#endSoon(taken);
  }

  /** A generator between two tokens: the engine settled all that it was asked for, and the consumer may take as long as it likes. */
  suspended(operation: TappedOperation): void {
    const taken = this.#find(operation);
    if (taken !== undefined) removeFrom(this.#inHand, taken);
  }

  /** The engine settles most of what it has in hand when a sequence is disposed, and some of it never. */
  disposed(): void {
    this.#isDisposed = true;
    for (const taken of this.#inHand) this.#endSoon(taken);
  }

  #find(operation: TappedOperation): InHand | undefined {
    for (const taken of this.#inHand) if (taken.operation === operation) return taken;
    return undefined;
  }

  #endSoon(taken: InHand): void {
    const end = () => {
      clearTimeout(timer);
      forget();
      if (this.#inHand.includes(taken)) taken.operation.disposed();
    };
    const timer = setTimeout(end, aMomentMs).unref();
    const forget = taken.operation.endsAtLast(end);
  }

  /** The sequence's next batches hold prompt tokens of `operation`, once those of the others before it are decoded. */
  prefills(operation: TappedOperation): void {
    if (!this.#prefilling.includes(operation)) this.#prefilling.push(operation);
    this.resume();
  }

  /** What goes through the meter now is no prompt. */
  pause(): void {
    this.#meter.rest();
  }

  resume(): void {
    if (this.#prefilling.length > 0) this.#meter.listen(this.#decodes);
    else this.#meter.rest();
  }

  /** It is over for `operation`, however far it came. */
  leave(operation: TappedOperation): void {
    this.suspended(operation);
    this.#done(operation);
    if (this.current === operation) this.current = undefined;
  }

  readonly #decodes = (tokens: number) => {
    const [operation] = this.#prefilling;
    if (operation !== undefined && !operation.prefills(tokens)) this.#done(operation);
  };

  #done(operation: TappedOperation): void {
    if (removeFrom(this.#prefilling, operation)) this.resume();
  }
}
