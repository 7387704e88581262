import { defined } from "../base/received.ts";
import { generates, type SloOutcome } from "../catalogue/values.ts";
import { coreSettings } from "../settings/core-settings.ts";
import type { Environment } from "../settings/settings.ts";
import { readRow } from "../settings/settings.ts";
import type { InferenceRecord } from "./record.ts";

/** What an inference has to hold to be a good one. Those left out are not asked for. */
export interface Objectives {
  /** Time to first token, in milliseconds. @default `AIWATCH_SLO_FIRST_TOKEN_MS`, else none */
  readonly firstTokenMs?: number;
  /** Mean time of a token after the first, in milliseconds. @default `AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS`, else none */
  readonly timePerOutputTokenMs?: number;
  /** From the call to its end, in milliseconds. @default `AIWATCH_SLO_LATENCY_MS`, else none */
  readonly latencyMs?: number;
}

/**
 * The objectives by option and environment.
 * @returns undefined where there is none
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is no time above 0
 */
export function readObjectives(options: Objectives = {}, environment?: Environment): Objectives | undefined {
  const objectives = defined({
    firstTokenMs: readRow(coreSettings.firstTokenMs, options.firstTokenMs, environment),
    timePerOutputTokenMs: readRow(coreSettings.timePerOutputTokenMs, options.timePerOutputTokenMs, environment),
    latencyMs: readRow(coreSettings.latencyMs, options.latencyMs, environment),
  });
  return Object.keys(objectives).length === 0 ? undefined : objectives;
}

type Judged = Pick<
  InferenceRecord,
  "finishReason" | "durationMs" | "firstTokenMs" | "timePerOutputTokenMs" | "operation" | "outputTokens"
>;

const never = Number.POSITIVE_INFINITY;

/** Whether an inference held its objectives; undefined where it was aborted before it had missed one, and where nobody knows. */
export function judge(objectives: Objectives, record: Judged): SloOutcome | undefined {
  const { unified } = record.finishReason;
  if (unified === "error" || missesAny(objectives, record)) return "bad";
  return unified !== "aborted" && holdsAll(objectives, record) ? "good" : undefined;
}

function missesAny(objectives: Objectives, record: Judged): boolean {
  const { firstTokenMs = never, timePerOutputTokenMs = never, latencyMs = never } = objectives;
  // a first token that did not come yet when the caller gave up took at least that long
  const { durationMs = 0 } = record;
  const waited = generates(record.operation) && record.finishReason.unified === "aborted" ? durationMs : 0;
  return (
    (record.firstTokenMs ?? waited) > firstTokenMs ||
    (record.timePerOutputTokenMs ?? 0) > timePerOutputTokenMs ||
    durationMs > latencyMs
  );
}

/** Each is known to hold. A time that nobody measured is at most what the whole took, and none where there was no such token. */
function holdsAll(objectives: Objectives, record: Judged): boolean {
  const { firstTokenMs = never, timePerOutputTokenMs = never, latencyMs = never } = objectives;
  const { durationMs = never } = record;
  const tokens = generates(record.operation) ? record.outputTokens : 0;
  const longestFirst = tokens === 0 ? 0 : durationMs;
  const longestEach = tokens !== undefined && tokens < 2 ? 0 : durationMs / ((tokens ?? 2) - 1);
  return (
    (record.firstTokenMs ?? longestFirst) <= firstTokenMs &&
    (record.timePerOutputTokenMs ?? longestEach) <= timePerOutputTokenMs &&
    durationMs <= latencyMs
  );
}
