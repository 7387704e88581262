import type { Aiwatch, InferenceHandle, InferenceStart } from "@aiwatch/core";

/**
 * The app's instance may have been made by a copy of core from before, the default one for each copy that is loaded. What that lacks has a way
 * around it here, and the inference is counted where the app looks for it.
 */
type OlderAiwatch = Omit<Aiwatch, "issueInference" | "endsAtLast"> &
  Partial<Pick<Aiwatch, "issueInference" | "endsAtLast">>;

/** Of such a copy an app's own inferences were watched over by nobody, as an adapter's are. */
export function issueInference(aiwatch: OlderAiwatch, start: InferenceStart): InferenceHandle {
  return aiwatch.issueInference === undefined ? aiwatch.startInference(start) : aiwatch.issueInference(start);
}

/** @returns takes it away again. Such a copy is closed without a word before */
export function endsAtLast(aiwatch: OlderAiwatch, end: () => void): () => void {
  return aiwatch.endsAtLast?.(end) ?? (() => {});
}
