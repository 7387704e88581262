import { defined } from "../base/received.ts";
import { generates, type SloOutcome } from "../catalogue/values.ts";
import type { JudgedWait } from "../request/first-token.ts";
import { coreSettings } from "../settings/core-settings.ts";
import type { Environment } from "../settings/settings.ts";
import { readRow } from "../settings/settings.ts";
import type { InferenceRecord } from "./record.ts";

/** What an inference has to hold to be a good one. Those left out are not asked for. */
export interface Objectives {
  /**
   * From the request's arrival to the first token for its reader, in milliseconds. It applies to the inference with that token, and to one that
   * ends while the reader still waits. Choose a bucket bound of `request_first_token_seconds`, so that queries can count by it.
   * @default `AIWATCH_SLO_REQUEST_FIRST_TOKEN_MS`, else none
   */
  readonly requestFirstTokenMs?: number;
  /** Time to first token, in milliseconds. @default `AIWATCH_SLO_FIRST_TOKEN_MS`, else none */
  readonly firstTokenMs?: number;
  /** Mean time of a token after the first, in milliseconds. @default `AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS`, else none */
  readonly timePerOutputTokenMs?: number;
  /** From the call to its end, in milliseconds. @default `AIWATCH_SLO_LATENCY_MS`, else none */
  readonly latencyMs?: number;
  /** The ratio of inferences that has to be good, above 0 and at most 1. @default `AIWATCH_SLO_TARGET`, else 0.95 */
  readonly target?: number;
}

/** The objectives in force. */
export interface ResolvedObjectives extends Objectives {
  readonly target: number;
}

/**
 * The objectives by option and environment.
 * @returns undefined where there is none
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is no time above 0, and a target that is no ratio
 */
export function readObjectives(options: Objectives = {}, environment?: Environment): ResolvedObjectives | undefined {
  const target = readRow(coreSettings.sloTarget, options.target, environment);
  const objectives = defined({
    requestFirstTokenMs: readRow(coreSettings.requestFirstTokenMs, options.requestFirstTokenMs, environment),
    firstTokenMs: readRow(coreSettings.firstTokenMs, options.firstTokenMs, environment),
    timePerOutputTokenMs: readRow(coreSettings.timePerOutputTokenMs, options.timePerOutputTokenMs, environment),
    latencyMs: readRow(coreSettings.latencyMs, options.latencyMs, environment),
  });
  return Object.keys(objectives).length === 0 ? undefined : { ...objectives, target };
}

type Judged = Pick<
  InferenceRecord,
  "finishReason" | "durationMs" | "firstTokenMs" | "timePerOutputTokenMs" | "operation" | "outputTokens"
>;

const never = Number.POSITIVE_INFINITY;

/**
 * Whether an inference held its objectives; undefined where it was aborted before it had missed one, and where nobody knows.
 * @param wait its reader's; undefined where there is none that it is judged by
 */
export function judge(objectives: Objectives, record: Judged, wait?: JudgedWait): SloOutcome | undefined {
  const { unified } = record.finishReason;
  if (unified === "error" || missesAny(objectives, record) || missesReader(objectives, record, wait)) return "bad";
  const holds = holdsAll(objectives, record) && holdsForReader(objectives, record, wait);
  return unified !== "aborted" && holds ? "good" : undefined;
}

/** A reader who gave up, or for whom the app did, waited at least that long. */
function missesReader({ requestFirstTokenMs = never }: Objectives, record: Judged, wait?: JudgedWait): boolean {
  if (wait?.until === "end" && record.finishReason.unified !== "aborted") return false;
  return (wait?.ms ?? 0) > requestFirstTokenMs;
}

/** Where nobody says when the first token came, it came by the end; and none where there are no tokens. One who left waits for none. */
function holdsForReader({ requestFirstTokenMs = never }: Objectives, record: Judged, wait?: JudgedWait): boolean {
  if (wait === undefined || wait.until === "close") return true;
  if (wait.until === "end" && record.outputTokens === 0) return true;
  return (wait.ms ?? never) <= requestFirstTokenMs;
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
