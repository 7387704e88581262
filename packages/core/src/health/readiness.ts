import type { CheckReport } from "./check.ts";

/**
 * Where the app stands: `starting` until its critical checks held for the first time, `ready`, `degraded` while a check fails that is not
 * critical, `failing` while a critical one does, `draining` from `startDraining()` on.
 */
export type ReadinessState = "starting" | "ready" | "degraded" | "failing" | "draining";

export interface ReadinessReport {
  /** Whether the app is to be sent traffic: `ready` or `degraded`. */
  readonly ready: boolean;
  readonly state: ReadinessState;
  readonly checks: Readonly<Record<string, CheckReport>>;
}

/** @param started whether the critical checks have ever held */
export function judgeChecks(checks: readonly CheckReport[], started: boolean): ReadinessState {
  if (checks.some(({ ok, critical }) => critical && !ok)) return started ? "failing" : "starting";
  return checks.every(({ ok }) => ok) ? "ready" : "degraded";
}
