import type { LatencyOperation, Operation } from "../catalogue/values.ts";
import { finishReasons } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { exemplarLabels } from "./exemplar-labels.ts";
import type { Instruments } from "./instruments.ts";

/** Lets a model's known series begin at 0, before its first inference ends. */
export function beginModel(instruments: Instruments, model: string, operation: Operation): void {
  instruments.chatTokens.begin({ direction: "input", model });
  instruments.chatTokens.begin({ direction: "output", model });
  instruments.cachedPromptTokens.begin({ model });
  for (const finish_reason of finishReasons) instruments.inferences.begin({ model, operation, finish_reason });
}

/** Puts one ended inference into the instruments. */
export function recordInference(instruments: Instruments, record: InferenceRecord): void {
  const { model, operation, finishReason, failure } = record;
  instruments.inferences.add({ model, operation, finish_reason: finishReason.unified });
  if (failure !== undefined) instruments.errors.add({ type: failure.type, operation: "inference" });
  recordTokens(instruments, record);
  recordDurations(instruments, record);
}

function recordTokens(instruments: Instruments, record: InferenceRecord): void {
  const { model, promptTokens, outputTokens, cachedPromptTokens } = record;
  if (promptTokens !== undefined) instruments.chatTokens.add({ direction: "input", model }, promptTokens);
  if (outputTokens !== undefined) instruments.chatTokens.add({ direction: "output", model }, outputTokens);
  if (cachedPromptTokens !== undefined) instruments.cachedPromptTokens.add({ model }, cachedPromptTokens);
}

function recordDurations(instruments: Instruments, record: InferenceRecord): void {
  const { model, finishReason, durationMs, firstTokenMs, promptEvalMs } = record;
  const exemplar = exemplarLabels(record);
  if (finishReason.unified !== "aborted" && finishReason.unified !== "error") {
    const operation = latencyOperationOf(record.operation);
    instruments.modelLatency.observe({ model, operation }, durationMs / 1000, exemplar);
  }
  if (firstTokenMs !== undefined) instruments.firstTokenLatency.observe({ model }, firstTokenMs / 1000, exemplar);
  if (promptEvalMs !== undefined) {
    instruments.promptEval.observe({ model }, promptEvalMs / 1000, exemplar);
    instruments.models.report(model, { promptEvalMs });
  }
}

function latencyOperationOf(operation: Operation): LatencyOperation {
  return operation === "chat" || operation === "text_completion" ? "inference" : operation;
}
