import type { Scope } from "../observe/scope.ts";
import type { Operation } from "../operation/operation.ts";
import type { Undo } from "../patch/patch-method.ts";
import type { ContextActivity } from "../watch/context-activity.ts";
import type { MeterTap } from "./meter-tap.ts";

/** What one sequence does at the moment. */
export class SequenceTap {
  readonly activity: ContextActivity;
  /** Holds the tap. @returns lets go */
  readonly hold: () => Undo;
  /** Where the sequence itself is observed: what is evaluated outside of any call is an inference then. */
  scope: Scope | undefined;
  /** Whose tokens the sequence evicts, should it have to: the last one that began to evaluate. */
  current: Operation | undefined;
  readonly #meter: MeterTap;
  #prefilling: Operation | undefined;

  constructor(activity: ContextActivity, meter: MeterTap, hold: () => Undo) {
    this.activity = activity;
    this.hold = hold;
    this.#meter = meter;
  }

  /** Whose prompt tokens the sequence's next batch holds; `undefined` once they are all decoded. */
  get prefilling(): Operation | undefined {
    return this.#prefilling;
  }

  set prefilling(operation: Operation | undefined) {
    if (operation === this.#prefilling) return;
    this.#prefilling = operation;
    if (operation === undefined) this.#meter.rest();
    else this.#meter.listen((tokens) => this.#decodes(operation, tokens));
  }

  /** It is over for `operation`, however far it came. */
  leave(operation: Operation): void {
    if (this.#prefilling === operation) this.prefilling = undefined;
    if (this.current === operation) this.current = undefined;
  }

  #decodes(operation: Operation, tokens: number): void {
    if (!operation.prefills(tokens)) this.prefilling = undefined;
  }
}
