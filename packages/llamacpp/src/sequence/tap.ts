import type { Scope } from "../observe/scope.ts";
import type { Operation } from "../operation/operation.ts";
import type { Undo } from "../patch/patch-method.ts";
import type { ContextActivity } from "../watch/context-activity.ts";

/** What one sequence does at the moment. It does not hold the sequence. */
export interface SequenceTap {
  /** Whose prompt tokens the sequence's next batch holds; cleared once they are decoded. */
  evaluating: Operation | undefined;
  /** Whose tokens the sequence evicts, should it have to: the last one that began to evaluate. */
  current: Operation | undefined;
  readonly activity: ContextActivity;
  /** Where the sequence itself is observed: what is evaluated outside of any call is an inference then. */
  scope: Scope | undefined;
  /** Holds the tap. @returns lets go */
  readonly hold: () => Undo;
}
