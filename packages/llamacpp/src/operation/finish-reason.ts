import type { FinishReason, UnifiedFinishReason } from "@aiwatch/core";

/** node-llama-cpp's stop reasons in our words. */
const unified: ReadonlyMap<string, UnifiedFinishReason> = new Map([
  ["eogToken", "stop"],
  ["stopGenerationTrigger", "stop"],
  ["customStopTrigger", "stop"],
  ["maxTokens", "length"],
  ["functionCalls", "tool_calls"],
  ["abort", "aborted"],
]);

/** How an operation ended by itself. A stop reason that a later release adds counts as `stop` and is kept as the raw one. */
export function finishReasonOf(stopReason: unknown): FinishReason {
  if (typeof stopReason !== "string") return { unified: "stop" };
  return { unified: unified.get(stopReason) ?? "stop", raw: stopReason };
}
