import type { UnifiedFinishReason } from "../catalogue/values.ts";
import type { RequestEnding } from "../request/ending.ts";
import type { ChatOutcome } from "../summary/schema.ts";

/** What became of a request's place in the app's own line. */
export type LineOutcome = "admitted" | "refused" | "left" | "failed";

/** What is known of a chat when all of it is over. */
export interface ChatEnd {
  /** How the request ended; undefined where there is none, or nobody said. */
  readonly ending: RequestEnding | undefined;
  /** How its last inference ended; undefined where none began. */
  readonly finish: UnifiedFinishReason | undefined;
  /** What became of its last place in the line; undefined where it had none. */
  readonly line: LineOutcome | undefined;
}

/**
 * Exactly one for each chat. What a model answered in the end counts, not what went wrong before it; what its request came to counts before
 * that: the answer may have been there, and its reader gone.
 */
export function outcomeOf({ ending, finish, line }: ChatEnd): ChatOutcome {
  if (finish === undefined && line === "refused") return "refused";
  // whoever has left the line and was answered all the same is still there: the app gave up the wait for its reader
  if (finish === undefined && line === "left") return ending?.aborted === false ? "refused" : "left";
  if (ending?.failure !== undefined) return "failed";
  if (ending?.aborted === true) return "aborted";
  if (finish === undefined) return withoutInference(ending, line);
  if (finish === "aborted") return "aborted";
  return finish === "error" ? "failed" : "answered";
}

/** The line let it in, and no model was asked: a cache may have answered, and the app may have refused it after all. */
function withoutInference(ending: RequestEnding | undefined, line: LineOutcome | undefined): ChatOutcome {
  if (line === "failed") return "failed";
  return ending !== undefined && ending.status >= 400 ? "refused" : "answered";
}
