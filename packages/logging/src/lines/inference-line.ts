import type { InferenceRecord } from "@aiwatch/core";
import { field } from "../fields.ts";
import { cleanText } from "./clean-text.ts";
import type { Line, LineLevel } from "./line.ts";
import { idsOf, optionalText } from "./request-line.ts";
import { rounded } from "./rounded.ts";

const component = cleanText("inference", 32);

export function inferenceLevel(record: InferenceRecord): LineLevel {
  return record.finishReason.unified === "error" ? "error" : "info";
}

/** The line of an ended inference: its counts and times, never its prompt or answer. */
export function inferenceLine(record: InferenceRecord): Line {
  const { unified, raw } = record.finishReason;
  return {
    message: `inference ${unified === "error" ? "failed" : unified === "aborted" ? "aborted" : "completed"}`,
    fields: {
      [field.component]: component,
      ...idsOf(record),
      [field.model]: cleanText(record.model, 256),
      [field.operation]: cleanText(record.operation, 64),
      [field.finishReason]: cleanText(unified, 64),
      [field.finishReasonRaw]: optionalText(raw, 64),
      [field.promptTokens]: record.promptTokens,
      [field.cachedPromptTokens]: record.cachedPromptTokens,
      [field.outputTokens]: record.outputTokens,
      [field.reasoningTokens]: record.reasoningTokens,
      [field.undeliveredTokens]: record.undeliveredTokens,
      [field.contextShifts]: record.contextShifts,
      [field.toolCalls]: record.toolCalls,
      [field.durationMs]: rounded(record.durationMs),
      [field.queueMs]: rounded(record.queueMs),
      [field.promptEvalMs]: rounded(record.promptEvalMs),
      [field.firstTokenMs]: rounded(record.firstTokenMs),
      [field.timePerOutputTokenMs]: rounded(record.timePerOutputTokenMs),
      [field.eventLoopDelayMs]: rounded(record.eventLoopDelayMs),
      [field.slo]: optionalText(record.slo, 32),
      [field.tokensPerSecond]: rounded(record.tokensPerSecond),
      [field.errorType]: optionalText(record.failure?.type, 128),
    },
  };
}
