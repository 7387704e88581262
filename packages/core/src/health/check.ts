import { invalidArgument } from "../base/invalid-argument.ts";
import { isWithin, ranges } from "../settings/read-number.ts";

/** A check's answer: healthy or not, and why. The text is shown to whoever asks: put no secret into it. */
export type CheckResult = boolean | { readonly ok: boolean; readonly detail?: string };

/** What a check is given. */
export interface CheckContext {
  /** Aborted once the time for the answer is over. What listens to it, such as `fetch`, lets go of what it holds. */
  readonly signal: AbortSignal;
}

/** Looks whether something that the app needs is there. A throw, a rejection or a late answer is a no. */
export type HealthCheck = (context: CheckContext) => CheckResult | Promise<CheckResult>;

export interface CheckOptions {
  /** How long an answer may take, in milliseconds. @default the instance's `health.timeoutMs`, 2000 */
  readonly timeoutMs?: number;
  /**
   * How long an answer holds, in milliseconds, before the next one who asks has the check run again. Who asks while it runs is given that
   * run's answer, with 0 too.
   * @default the instance's `health.cacheMs`, 0
   */
  readonly cacheMs?: number;
  /** Whether readiness falls with it. A check that is not critical is told of, and the app stays ready. @default true */
  readonly critical?: boolean;
}

/** A check's state, as it is shown. */
export interface CheckReport {
  readonly ok: boolean;
  readonly critical: boolean;
  readonly detail?: string;
}

const nameLike = /^[\w.:-]{1,64}$/;

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what can be no check: told where it is added, not when it is asked */
export function validateCheck(name: unknown, check: unknown, options: CheckOptions): void {
  const { timeoutMs, cacheMs, critical } = options;
  if (typeof name !== "string" || !nameLike.test(name)) {
    throw invalidArgument("a health check's name", name, "1 to 64 of letters, digits, _ . : -");
  }
  const of = (option: string) => `${option} of the health check "${name}"`;
  if (typeof check !== "function") throw invalidArgument(`the health check "${name}"`, check, "a function");
  if (timeoutMs !== undefined && !isWithin(timeoutMs, ranges.timeout)) {
    throw invalidArgument(of("timeoutMs"), timeoutMs, ranges.timeout.expected);
  }
  if (cacheMs !== undefined && !isWithin(cacheMs, ranges.wait)) {
    throw invalidArgument(of("cacheMs"), cacheMs, ranges.wait.expected);
  }
  if (critical !== undefined && typeof critical !== "boolean") {
    throw invalidArgument(of("critical"), critical, "true or false");
  }
}
