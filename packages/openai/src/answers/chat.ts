import type { UnifiedFinishReason } from "@aiwatch/core";
import { isObject, valueAt } from "@aiwatch/core/adapter";
import {
  countAt,
  type Figures,
  listAt,
  readError,
  readHead,
  readMetrics,
  readTimings,
  textAt,
  usageOf,
} from "./figures.ts";

const finishReasons: ReadonlyMap<string, UnifiedFinishReason> = new Map([
  ["length", "length"],
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"],
]);

/** An event, or the whole answer, of chat completions and completions. */
export function readChat(event: object, figures: Figures): void {
  readError(event, figures);
  readHead(event, figures);
  for (const choice of listAt(event, "choices")) if (isObject(choice)) readChoice(choice, figures);
  readTimings(event, figures);
  readMetrics(event, figures);
  const usage = valueAt(event, "usage");
  // llama.cpp counts each choice by itself
  if (isObject(usage)) figures.counted(usageOf(usage), figures.provider === "llama.cpp");
}

function readChoice(choice: object, figures: Figures): void {
  const index = countAt(choice, "index") ?? 0;
  figures.chose(index);
  const output = valueAt(choice, "delta") ?? valueAt(choice, "message");
  const calls = isObject(output) ? listAt(output, "tool_calls") : [];
  calls.forEach((call, at) => {
    // its first part names it; a part behind that may have an id of its own
    const isBegun = typeof valueAt(call, "function", "name") === "string";
    figures.toolCalled(
      `${index} ${countAt(call, "index") ?? at}`,
      isBegun && isObject(call) ? textAt(call, "id") : undefined,
    );
  });
  if (isObject(valueAt(output, "function_call"))) figures.toolCalled(`${index} function`);
  const raw = textAt(choice, "finish_reason");
  if (raw !== undefined) figures.finished(finishReasons.get(raw) ?? "stop", raw);
  if (raw === "error") figures.failure ??= "engine_error";
}

/** An event, or the whole answer, of llama-server's own `/completion` and `/infill`. */
export function readNative(event: object, figures: Figures): void {
  readError(event, figures);
  readHead(event, figures);
  figures.chose(countAt(event, "index") ?? 0);
  readTimings(event, figures);
  if (valueAt(event, "stop") !== true) return;
  const raw = textAt(event, "stop_type");
  figures.finished(raw === "limit" ? "length" : "stop", raw ?? "stop");
  figures.isOver = figures.hasEnded;
}
