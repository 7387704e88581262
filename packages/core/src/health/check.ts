import { errorName, invalidArgument } from "../base/errors.ts";
import { type Clock, elapsedMs, withTimeout } from "../base/time.ts";
import { isWithin, ranges } from "../settings/settings.ts";

/** A check's answer: healthy or not, and why. The text is shown to whoever asks: put no secret into it. */
export type CheckResult = boolean | { readonly ok: boolean; readonly detail?: string };

/** What a check is given. */
export interface CheckContext {
  /** Aborted once the time for the answer is over. Pass it on, to `fetch` for one, so that it frees what it holds. */
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
  /** Whether readiness falls with it. A check that is not critical is shown, and the app stays ready. @default true */
  readonly critical?: boolean;
}

/** A check's state, as it is shown. */
export interface CheckReport {
  readonly ok: boolean;
  readonly critical: boolean;
  readonly detail?: string;
}

const nameLike = /^[\w.:-]{1,64}$/;

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no check: where it is added, not when it runs */
export function validateCheck(name: unknown, check: unknown, options: CheckOptions): void {
  const { timeoutMs, cacheMs, critical } = options;
  if (typeof name !== "string" || !nameLike.test(name)) {
    throw invalidArgument("a health check's name", name, "1 to 64 letters, digits, _ . : or -");
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

/** One check, run when somebody asks: never twice at a time, and not while its last answer holds. */
export class CheckRunner {
  readonly #check: HealthCheck;
  readonly #options: Required<CheckOptions>;
  readonly #clock: Clock;
  #running: Promise<CheckReport> | undefined;
  #last: { readonly report: CheckReport; readonly at: number } | undefined;

  constructor(check: HealthCheck, options: Required<CheckOptions>, clock: Clock) {
    this.#check = check;
    this.#options = options;
    this.#clock = clock;
  }

  /** What the check answered last, however long ago. */
  get last(): CheckReport | undefined {
    return this.#last?.report;
  }

  /** The answer that holds now. Never rejects. */
  async report(): Promise<CheckReport> {
    const ageMs = elapsedMs(this.#last?.at, this.#clock.now());
    if (this.#last !== undefined && ageMs !== undefined && ageMs < this.#options.cacheMs) return this.#last.report;
    this.#running ??= this.#run();
    return this.#running;
  }

  async #run(): Promise<CheckReport> {
    const verdict = await verdictOf(this.#check, this.#options.timeoutMs);
    const report = { ...verdict, critical: this.#options.critical };
    this.#last = { report, at: this.#clock.now() };
    this.#running = undefined;
    return report;
  }
}

interface Verdict {
  readonly ok: boolean;
  readonly detail?: string;
}

/**
 * Runs a check for as long as it may take. What answers later is not heard: a check that hangs is begun anew by the next one who asks, since
 * what it waits for may never come.
 */
async function verdictOf(check: HealthCheck, timeoutMs: number): Promise<Verdict> {
  const late = () => ({ ok: false, detail: `no answer within ${timeoutMs} ms` });
  try {
    return await withTimeout((signal) => answer(check, signal), { ms: timeoutMs, late });
  } catch (error) {
    // the message stays out: it may name hosts and credentials, and anybody may ask for this report
    return { ok: false, detail: `the check failed with ${errorName(error)}` };
  }
}

/** The most that is shown of a check's own text, in characters. */
const longestDetail = 300;

/** Anybody may ask for the report: of what a check answers, nothing but `ok` and `detail` gets into it. */
async function answer(check: HealthCheck, signal: AbortSignal): Promise<Verdict> {
  const result: unknown = await check({ signal });
  if (typeof result === "boolean") return { ok: result };
  if (typeof result !== "object" || result === null || !("ok" in result) || typeof result.ok !== "boolean") {
    return { ok: false, detail: "the check answered neither a boolean nor { ok: boolean }" };
  }
  const detail = "detail" in result && typeof result.detail === "string" ? result.detail : undefined;
  return { ok: result.ok, ...(detail !== undefined && { detail: detail.slice(0, longestDetail) }) };
}
