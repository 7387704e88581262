import type { UnifiedFinishReason } from "@aiwatch/core";
import { isObject, valueAt } from "@aiwatch/core/adapter";
import { countAt, type Figures, listAt, readError, readHead, readTimings, textAt, usageOf } from "./figures.ts";

const finishes: ReadonlyMap<string, UnifiedFinishReason> = new Map([
  ["length", "length"],
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"],
  ["error", "error"],
]);

/** An event, or the whole answer, of chat completions and completions. */
export function readChat(event: object, figures: Figures): void {
  readError(event, figures);
  readHead(event, figures);
  for (const choice of listAt(event, "choices")) if (isObject(choice)) readChoice(choice, figures);
  readTimings(event, figures);
  const usage = valueAt(event, "usage");
  if (isObject(usage)) readUsage(usage, valueAt(event, "object") === "chat.completion", figures);
}

/** llama.cpp counts each choice of a stream by itself, and in a whole answer one of them alone. */
function readUsage(usage: object, isWhole: boolean, figures: Figures): void {
  const counts = usageOf(usage);
  const isOfChoice = figures.provider === "llama.cpp";
  if (isOfChoice && isWhole && figures.hasChoices) figures.counted({ ...counts, outputTokens: undefined });
  else figures.counted(counts, !isOfChoice);
}

function readChoice(choice: object, figures: Figures): void {
  const index = countAt(choice, "index") ?? 0;
  figures.choice(index);
  const spoken = valueAt(choice, "delta") ?? valueAt(choice, "message");
  const calls = isObject(spoken) ? listAt(spoken, "tool_calls") : [];
  calls.forEach((call, at) => {
    figures.toolCalled(`${index} ${countAt(call, "index") ?? at}`);
  });
  if (isObject(valueAt(spoken, "function_call"))) figures.toolCalled(`${index} function`);
  const raw = textAt(choice, "finish_reason");
  if (raw !== undefined) figures.finished(finishes.get(raw) ?? "stop", raw);
}

/** An event, or the whole answer, of llama-server's own `/completion`. */
export function readNative(event: object, figures: Figures): void {
  readError(event, figures);
  readHead(event, figures);
  figures.provider = "llama.cpp";
  readTimings(event, figures);
  if (valueAt(event, "stop") !== true) return;
  figures.isOver = true;
  const raw = textAt(event, "stop_type");
  figures.finished(raw === "limit" ? "length" : "stop", raw ?? "stop");
}
