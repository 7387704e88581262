import type { InferenceHandle } from "@aiwatch/core";
import type { Evaluating } from "./evaluating.ts";

/** What is left to do for an operation that nobody can settle any more. It holds nothing of its sequence's. */
interface Left {
  readonly inference: InferenceHandle;
  readonly evaluating: Evaluating;
}

/** What was open on a sequence that nobody holds any more can be settled by nobody. */
const collected = new FinalizationRegistry<Left>(({ inference, evaluating }) => {
  evaluating.end();
  inference.fail(undefined, "disposed");
});

/** Ends an operation with its sequence, should that be collected. @param operation what `settled` is given */
export function endsWith(sequence: object, left: Left, operation: object): void {
  collected.register(sequence, left, operation);
}

export function settled(operation: object): void {
  collected.unregister(operation);
}
