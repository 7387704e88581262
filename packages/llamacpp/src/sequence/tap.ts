import { setTimeout } from "node:timers";
import type { Scope } from "../observe/scope.ts";
import type { Undo } from "../patch/undo.ts";
import type { ContextActivity } from "../watch/context-activity.ts";
import type { MeterTap } from "./meter-tap.ts";

/** Kept as it is now: a test's fake timers, taken away again, would never run what they took. */
const later = setTimeout;

/** What the engine settles by itself after a dispose, it settles by the end of the batch that is under way. */
const aMomentMs = 1000;

/** What a sequence tells of one of the operations that it serves. */
export interface TappedOperation {
  /** A batch with some of its prompt's tokens is about to be decoded. @returns whether there are more to come */
  prefills(tokens: number): boolean;
  /** The sequence itself evicted tokens in the midst of a decode. */
  shifts(): void;
  /** The engine could not move what it kept of the KV cache, and evaluates it again. */
  evaluatesAgain(tokens: readonly unknown[]): void;
  /** The sequence is disposed, and the engine had its moment to say how it ended. */
  disposed(): void;
}

/** What one sequence does at the moment. */
export class SequenceTap {
  readonly activity: ContextActivity;
  /** Holds the tap. @returns lets go */
  readonly hold: () => Undo;
  /** Where the sequence itself is observed: what is evaluated outside of any call is an inference then. */
  scope: Scope | undefined;
  /** Whose tokens the sequence evicts, should it have to: the last one that began to evaluate. */
  current: TappedOperation | undefined;
  readonly #meter: MeterTap;
  /** Whose prompts are to be decoded, in the order in which the sequence's lock lets them. */
  readonly #prefilling: TappedOperation[] = [];
  /** What was begun on it and did not end. */
  readonly #open = new Set<TappedOperation>();
  #isDisposed = false;

  constructor(activity: ContextActivity, meter: MeterTap, hold: () => Undo) {
    this.activity = activity;
    this.hold = hold;
    this.#meter = meter;
  }

  /** Begun on this sequence. What is begun on one that is disposed ends as the others do. */
  open(operation: TappedOperation): void {
    this.#open.add(operation);
    if (this.#isDisposed) this.#endSoon();
  }

  /** The engine settles most of what is open on a disposed sequence, and some of it never. */
  disposed(): void {
    this.#isDisposed = true;
    this.#endSoon();
  }

  #endSoon(): void {
    if (this.#open.size === 0) return;
    const open = [...this.#open];
    later(() => {
      for (const operation of open) if (this.#open.has(operation)) operation.disposed();
    }, aMomentMs).unref();
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
    this.#open.delete(operation);
    this.#done(operation);
    if (this.current === operation) this.current = undefined;
  }

  readonly #decodes = (tokens: number) => {
    const [operation] = this.#prefilling;
    if (operation !== undefined && !operation.prefills(tokens)) this.#done(operation);
  };

  #done(operation: TappedOperation): void {
    const index = this.#prefilling.indexOf(operation);
    if (index === -1) return;
    this.#prefilling.splice(index, 1);
    this.resume();
  }
}
