import { type Clock, elapsedMs } from "../base/clock.ts";
import { errorName } from "../base/errors.ts";
import { clearTimeout, setTimeout } from "../base/timers.ts";
import type { CheckOptions, CheckReport, HealthCheck } from "./check.ts";

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
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      resolve({ ok: false, detail: `no answer within ${timeoutMs} ms` });
      late.abort();
    }, timeoutMs).unref();
  });
  try {
    return await Promise.race([timeout, answer(check, late.signal)]);
  } catch (error) {
    // the message stays out: it may name hosts and credentials, and anybody may ask for this report
    return { ok: false, detail: `the check failed with ${errorName(error)}` };
  } finally {
    clearTimeout(timer);
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
