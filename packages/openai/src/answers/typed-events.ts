import type { UnifiedFinishReason } from "@aiwatch/core";
import { isObject, valueAt } from "@aiwatch/core/adapter";
import { countAt, type Figures, listAt, readError, readHead, readTimings, readUsage, textAt } from "./figures.ts";

/** An event, or the whole answer, of the Responses API. Its texts stand again in the events that end them. */
export function readResponses(event: object, figures: Figures): void {
  const type = textAt(event, "type");
  const response = valueAt(event, "response") ?? (type === undefined ? event : undefined);
  if (type === "error") figures.failure = "engine_error";
  if (type === "response.output_item.done") readItem(valueAt(event, "item"), figures);
  if (isObject(response)) readResponse(response, figures);
  readTimings(event, figures);
}

function readResponse(response: object, figures: Figures): void {
  readError(response, figures);
  readHead(response, figures);
  readUsage(response, figures);
  const status = textAt(response, "status");
  if (status === undefined || status === "in_progress" || status === "queued") return;
  figures.isOver = true;
  if (status === "failed") figures.failure ??= "engine_error";
  if (figures.toolCalls === 0) for (const item of listAt(response, "output")) readItem(item, figures);
  const reason = valueAt(response, "incomplete_details", "reason");
  if (typeof reason === "string" && /max/.test(reason)) figures.finished("length", reason);
  else figures.finished(figures.toolCalls > 0 ? "tool_calls" : "stop", typeof reason === "string" ? reason : status);
}

function readItem(item: unknown, figures: Figures): void {
  if (!isObject(item) || textAt(item, "type") !== "function_call") return;
  figures.toolCalled(textAt(item, "call_id") ?? textAt(item, "id") ?? `${figures.toolCalls}`);
}

/** An event, or the whole answer, of Anthropic's Messages API. */
export function readMessages(event: object, figures: Figures): void {
  const type = textAt(event, "type");
  readError(event, figures);
  if (type === "message_stop") figures.isOver = true;
  const message = type === "message" ? event : valueAt(event, "message");
  if (isObject(message)) {
    readHead(message, figures);
    listAt(message, "content").forEach((block, at) => {
      readBlock(block, at, figures);
    });
  }
  readBlock(valueAt(event, "content_block"), countAt(event, "index") ?? 0, figures);
  // a stream begins with an output of none, which its end tells anew
  const usage = valueAt(event, "usage") ?? valueAt(message, "usage");
  if (isObject(usage)) countMessage(usage, type !== "message_start", figures);
  const raw = valueAt(event, "delta", "stop_reason") ?? valueAt(message, "stop_reason");
  if (typeof raw === "string") figures.finished(stopReasons.get(raw) ?? "stop", raw);
}

const stopReasons: ReadonlyMap<string, UnifiedFinishReason> = new Map([
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
]);

function readBlock(block: unknown, at: number, figures: Figures): void {
  if (isObject(block) && textAt(block, "type") === "tool_use") figures.toolCalled(`${at}`);
}

/** Its prompt is told in parts: what was evaluated, what the cache had, and what was put there. */
function countMessage(usage: object, hasOutput: boolean, figures: Figures): void {
  const cached = countAt(usage, "cache_read_input_tokens");
  const isKnown = cached === undefined && figures.usage.cachedPromptTokens !== undefined;
  // the end tells what was evaluated once more, and may leave out what the cache had
  const evaluated = isKnown ? undefined : countAt(usage, "input_tokens") || undefined;
  const stored = countAt(usage, "cache_creation_input_tokens") ?? 0;
  figures.counted({
    promptTokens: evaluated === undefined ? undefined : evaluated + (cached ?? 0) + stored,
    cachedPromptTokens: cached,
    outputTokens: hasOutput ? countAt(usage, "output_tokens") : undefined,
  });
}
