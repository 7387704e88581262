import { AiwatchError, errorName } from "../errors.ts";

/** A check's answer: healthy or not, and why. */
export type CheckResult = boolean | { readonly ok: boolean; readonly detail?: string };

/** Looks whether something that the app needs is there. A throw, a rejection or a late answer is a no. */
export type HealthCheck = () => CheckResult | Promise<CheckResult>;

export interface CheckOptions {
  /** How long an answer may take, in milliseconds. @default 2000 */
  readonly timeoutMs?: number;
}

export interface CheckReport {
  readonly ok: boolean;
  readonly detail?: string;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, CheckReport>>;
}

/** The app's own checks: what must hold before it is sent traffic. */
export class Health {
  readonly #checks = new Map<string, { readonly check: HealthCheck; readonly timeoutMs: number }>();

  /**
   * Adds a check that readiness waits for.
   * @returns takes it away again
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when there is a check of that name
   */
  addCheck(name: string, check: HealthCheck, { timeoutMs = 2000 }: CheckOptions = {}): () => void {
    if (this.#checks.has(name)) {
      throw new AiwatchError(
        "AIWATCH_INVALID_ARGUMENT",
        `there is a health check named ${JSON.stringify(name)} already`,
      );
    }
    const entry = { check, timeoutMs };
    this.#checks.set(name, entry);
    return () => {
      if (this.#checks.get(name) === entry) this.#checks.delete(name);
    };
  }

  /** Runs every check at once. */
  async readiness(): Promise<ReadinessReport> {
    const reports = await Promise.all(
      Array.from(this.#checks, async ([name, { check, timeoutMs }]) => {
        return [name, await this.#run(check, timeoutMs)] as const;
      }),
    );
    return { ready: reports.every(([, report]) => report.ok), checks: Object.fromEntries(reports) };
  }

  async #run(check: HealthCheck, timeoutMs: number): Promise<CheckReport> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<CheckReport>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, detail: `no answer within ${timeoutMs} ms` }), timeoutMs);
      timer.unref();
    });
    try {
      return await Promise.race([late, answer(check)]);
    } catch (error) {
      // the message stays out: it may name hosts and credentials, and anybody may ask for this report
      return { ok: false, detail: `the check failed with ${errorName(error)}` };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Anybody may ask for the report: of what a check answers, nothing but `ok` and `detail` gets into it. */
async function answer(check: HealthCheck): Promise<CheckReport> {
  const result: unknown = await check();
  if (typeof result === "boolean") return { ok: result };
  if (typeof result !== "object" || result === null || !("ok" in result) || typeof result.ok !== "boolean") {
    return { ok: false, detail: "the check answered neither a boolean nor { ok: boolean }" };
  }
  const detail = "detail" in result && typeof result.detail === "string" ? result.detail : undefined;
  return { ok: result.ok, ...(detail !== undefined && { detail }) };
}
