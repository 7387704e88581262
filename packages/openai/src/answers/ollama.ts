import { valueAt } from "@aiwatch/core/adapter";
import { countAt, type Figures, listAt, readError, readHead, textAt } from "./figures.ts";

const nanosecondsPerMs = 1e6;

/** A line, or the whole answer, of Ollama's own API. It leaves out what is 0. */
export function readOllama(event: object, figures: Figures): void {
  readError(event, figures);
  readHead(event, figures);
  const message = valueAt(event, "message");
  for (const _call of listAt(Object(message), "tool_calls")) figures.toolCalled(`${figures.toolCalls}`);
  if (valueAt(event, "done") !== true) return;
  figures.isOver = true;
  const raw = textAt(event, "done_reason");
  if (raw === "length") figures.finished("length", raw);
  else if (raw !== undefined) figures.finished(figures.toolCalls > 0 ? "tool_calls" : "stop", raw);
  readOllamaCounts(event, figures);
}

/** Ollama's counts and its times in nanoseconds. The prompt's hold those from its cache, which it never tells apart. */
export function readOllamaCounts(event: object, figures: Figures): void {
  figures.counted({
    promptTokens: countAt(event, "prompt_eval_count"),
    outputTokens: countAt(event, "eval_count"),
  });
  figures.took({
    loadMs: milliseconds(event, "load_duration"),
    promptEvalMs: milliseconds(event, "prompt_eval_duration"),
    decodeMs: milliseconds(event, "eval_duration"),
  });
}

function milliseconds(event: object, name: string): number | undefined {
  const nanoseconds = countAt(event, name);
  return nanoseconds === undefined ? undefined : nanoseconds / nanosecondsPerMs;
}
