import { elapsedMs } from "../base/time.ts";
import type { ServerFacts } from "./inference-handle.ts";
import type { ServerTimes, UnfinishedRecord } from "./record.ts";

/** Puts what a server said of an answer into its record, whose own durations are known by then. */
export function addServed(facts: ServerFacts, record: UnfinishedRecord): void {
  const { countsAs, provider, requestedModel, model, id, ...times } = facts;
  if (requestedModel !== undefined) record.requestedModel = requestedModel;
  if (model !== undefined) record.reportedModel = model;
  if (id !== undefined) record.responseId = id;
  if (Object.keys(times).length === 0) return;
  record.serverTimes = Object.freeze(times);
  const { promptEvalMs, decodeMs } = times;
  if (promptEvalMs !== undefined) record.promptEvalMs ??= promptEvalMs;
  // the pieces of a whole answer may come in one packet: how far they are apart here says little of the model
  if (decodeMs !== undefined) record.decodeMs = decodeMs;
  const unexplainedMs = unexplained(times, record);
  if (unexplainedMs !== undefined) record.unexplainedMs = unexplainedMs;
}

/** What the server's own times leave of what this process waited. @returns undefined where they are more than that */
function unexplained(times: ServerTimes, { firstTokenMs, durationMs }: UnfinishedRecord): number | undefined {
  const { queueMs = 0, loadMs = 0, promptEvalMs, decodeMs } = times;
  if (promptEvalMs === undefined) return undefined;
  const untilFirstMs = queueMs + loadMs + promptEvalMs;
  if (firstTokenMs !== undefined) return elapsedMs(untilFirstMs, firstTokenMs);
  return decodeMs === undefined ? undefined : elapsedMs(untilFirstMs + decodeMs, durationMs);
}
