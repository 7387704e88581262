import { elapsedMs } from "../base/time.ts";

/**
 * The arithmetic of an inference, pure: moments in, durations and rates out. All moments are milliseconds of one monotonic clock. An
 * unknown moment makes an unknown result, never 0, and so does a clock that went back.
 */

/** The clock readings of one inference. */
export interface Moments {
  readonly issued: number;
  /** The engine began to evaluate it: it left the queue. */
  readonly evaluationBegun?: number | undefined;
  readonly firstToken?: number | undefined;
  readonly lastToken?: number | undefined;
  readonly ended: number;
}

export interface Durations {
  durationMs?: number;
  queueMs?: number;
  promptEvalMs?: number;
  firstTokenMs?: number;
  decodeMs?: number;
}

/** Puts the durations that are known into `into`, so that no object is made for them alone. @returns `into` */
export function durationsOf(moments: Moments, into: Durations = {}): Durations {
  const { issued, evaluationBegun, firstToken, lastToken, ended } = moments;
  const durationMs = elapsedMs(issued, ended);
  const queueMs = elapsedMs(issued, evaluationBegun);
  const promptEvalMs = elapsedMs(evaluationBegun, firstToken);
  const firstTokenMs = elapsedMs(issued, firstToken);
  const decodeMs = elapsedMs(firstToken, lastToken);
  if (durationMs !== undefined) into.durationMs = durationMs;
  if (queueMs !== undefined) into.queueMs = queueMs;
  if (promptEvalMs !== undefined) into.promptEvalMs = promptEvalMs;
  if (firstTokenMs !== undefined) into.firstTokenMs = firstTokenMs;
  if (decodeMs !== undefined) into.decodeMs = decodeMs;
  return into;
}

/**
 * The decode rate in tokens per second: (tokens − 1) / (last − first). The first token belongs to prompt evaluation. Undefined under two
 * tokens, and where the clock did not move.
 */
export function decodeRate(tokens: number, decodeMs: number | undefined): number | undefined {
  if (decodeMs === undefined || decodeMs <= 0 || tokens < 2) return undefined;
  return ((tokens - 1) * 1000) / decodeMs;
}

/**
 * The mean time of a token after the first: (duration − time to first token) / (tokens − 1). Undefined under two tokens, where it is not 0
 * but unknown.
 */
export function timePerOutputToken(
  tokens: number,
  { durationMs, firstTokenMs }: Readonly<Durations>,
): number | undefined {
  const afterFirstMs = elapsedMs(firstTokenMs, durationMs);
  return afterFirstMs === undefined || tokens < 2 ? undefined : afterFirstMs / (tokens - 1);
}

/** For where seconds are asked for: metrics and span attributes. */
export function inSeconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
