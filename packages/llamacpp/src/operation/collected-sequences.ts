import type { InferenceHandle } from "@aiwatch/core";

/** What was open on a sequence that nobody holds any more can be settled by nobody. The handle holds nothing of the engine's. */
const collected = new FinalizationRegistry<InferenceHandle>((inference) => inference.fail(undefined, "disposed"));

/** Ends an inference with its sequence, should that be collected. @param operation what `settled` is given */
export function endsWith(sequence: object, inference: InferenceHandle, operation: object): void {
  collected.register(sequence, inference, operation);
}

export function settled(operation: object): void {
  collected.unregister(operation);
}
