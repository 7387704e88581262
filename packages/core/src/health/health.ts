import { AiwatchError } from "../base/errors.ts";
import { type Clock, monotonicClock } from "../base/time.ts";
import { type CheckOptions, type CheckReport, CheckRunner, type HealthCheck, validateCheck } from "./check.ts";

/** What holds for each check that says nothing else. */
export interface CheckDefaults {
  readonly timeoutMs: number;
  readonly cacheMs: number;
}

/** What must hold before the app is sent traffic, and what it runs on. */
export interface Health {
  /** Whether the app is on its way out. */
  readonly draining: boolean;
  /** The versions that `reportVersion` was given, by name. */
  readonly versions: ReadonlyMap<string, string>;
  /**
   * Adds a check that readiness runs.
   * @param name 1 to 64 of letters, digits, `_` `.` `:` `-`
   * @returns removes it
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when there is a check of that name, and for what is no check
   * @example const remove = aiwatch.health.addCheck("store", ({ signal }) => storeIsUp(signal), { timeoutMs: 1000 });
   */
  addCheck(name: string, check: HealthCheck, options?: CheckOptions): () => void;
  /**
   * Shows in `/health` the version of what serves the models, such as `node-llama-cpp` or `llama.cpp`. The last one of a name counts.
   * @example aiwatch.health.reportVersion("llama.cpp", "b6123");
   */
  reportVersion(name: string, version: string): void;
  /** The app is on its way out: it is not ready from now on. */
  startDraining(): void;
  /**
   * Runs every check at once. While the app drains none runs: what it looks at may be closed already.
   * @example const { ready, checks } = await aiwatch.health.readiness();
   */
  readiness(): Promise<ReadinessReport>;
}

/** The health of one instance, with what its successor takes over. */
export class HealthChecks implements Health {
  #checks = new Map<string, CheckRunner>();
  /** Hears each version that is reported. */
  onVersion: ((name: string, version: string) => void) | undefined;
  /** Called when the app begins to drain. */
  readonly drainers = new Set<() => void>();
  readonly #versions = new Map<string, string>();
  readonly #defaults: CheckDefaults;
  readonly #clock: Clock;
  #started = false;
  #draining = false;

  constructor(defaults: CheckDefaults = { timeoutMs: 2000, cacheMs: 0 }, clock: Clock = monotonicClock) {
    this.#defaults = defaults;
    this.#clock = clock;
  }

  get checks(): Map<string, CheckRunner> {
    return this.#checks;
  }

  /** Goes on with the checks and versions of another one; what added a check there can remove it here. */
  takeOver({ checks, versions, draining }: HealthChecks): void {
    for (const [name, runner] of this.#checks) checks.set(name, runner);
    this.#checks = checks;
    for (const [name, version] of versions) this.reportVersion(name, version);
    this.#draining ||= draining;
  }

  get draining(): boolean {
    return this.#draining;
  }

  get versions(): ReadonlyMap<string, string> {
    return this.#versions;
  }

  addCheck(name: string, check: HealthCheck, options: CheckOptions = {}): () => void {
    validateCheck(name, check, options);
    if (this.#checks.has(name)) {
      const message = `there is a health check named ${JSON.stringify(name)} already: choose another name, or remove that one first`;
      throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
    }
    const { timeoutMs = this.#defaults.timeoutMs, cacheMs = this.#defaults.cacheMs, critical = true } = options;
    const runner = new CheckRunner(check, { timeoutMs, cacheMs, critical }, this.#clock);
    this.#checks.set(name, runner);
    return () => {
      if (this.#checks.get(name) === runner) this.#checks.delete(name);
    };
  }

  reportVersion(name: string, version: string): void {
    this.#versions.set(name, version);
    this.onVersion?.(name, version);
  }

  startDraining(): void {
    this.#draining = true;
    for (const drain of this.drainers) drain();
  }

  async readiness(): Promise<ReadinessReport> {
    const reports = this.#draining ? this.#lastReports() : await this.#reports();
    const state = judgeChecks(
      reports.map(([, report]) => report),
      this.#started,
    );
    const ready = state === "ready" || state === "degraded";
    if (ready) this.#started = true;
    const checks = Object.fromEntries(reports);
    // it may have begun while the checks ran
    return this.#draining ? { ready: false, state: "draining", checks } : { ready, state, checks };
  }

  #reports(): Promise<[string, CheckReport][]> {
    return Promise.all(
      Array.from(this.#checks, async ([name, runner]): Promise<[string, CheckReport]> => [name, await runner.report()]),
    );
  }

  #lastReports(): [string, CheckReport][] {
    return Array.from(this.#checks).flatMap(([name, { last }]) => (last === undefined ? [] : [[name, last]]));
  }
}

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
