import { type Clock, monotonicClock } from "../base/clock.ts";
import { AiwatchError } from "../base/errors.ts";
import { type CheckOptions, type CheckReport, type HealthCheck, validateCheck } from "./check.ts";
import { CheckRunner } from "./check-runner.ts";
import { judgeChecks, type ReadinessReport } from "./readiness.ts";

/** What holds for each check that says nothing else. */
export interface CheckDefaults {
  readonly timeoutMs: number;
  readonly cacheMs: number;
}

/** What must hold before the app is sent traffic, and what it runs on. */
export class Health {
  #checks = new Map<string, CheckRunner>();
  readonly #versions = new Map<string, string>();
  readonly #defaults: CheckDefaults;
  readonly #clock: Clock;
  #started = false;
  #draining = false;

  constructor(defaults: CheckDefaults = { timeoutMs: 2000, cacheMs: 0 }, clock: Clock = monotonicClock) {
    this.#defaults = defaults;
    this.#clock = clock;
  }

  /** @internal */
  get checks(): Map<string, CheckRunner> {
    return this.#checks;
  }

  /** @internal Goes on with the checks and versions that another one was given; who added a check there can take it away here. */
  takeOver({ checks, versions, draining }: Health): void {
    for (const [name, runner] of this.#checks) checks.set(name, runner);
    this.#checks = checks;
    for (const [name, version] of versions) this.#versions.set(name, version);
    this.#draining ||= draining;
  }

  /** Whether the app is on its way out. */
  get draining(): boolean {
    return this.#draining;
  }

  /** What `reportVersion` was told. */
  get versions(): ReadonlyMap<string, string> {
    return this.#versions;
  }

  /**
   * Adds a check that readiness asks.
   * @param name 1 to 64 of letters, digits, `_` `.` `:` `-`
   * @returns takes it away again
   * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` when there is a check of that name, and for what can be no check
   */
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

  /** Tells `/health` the version of what serves the models, such as `node-llama-cpp` or `llama.cpp`. Of one name the last holds. */
  reportVersion(name: string, version: string): void {
    this.#versions.set(name, version);
  }

  /** The app is on its way out: it is not ready from now on. */
  startDraining(): void {
    this.#draining = true;
  }

  /** Asks every check at once. While the app drains none is asked: what it looks at may be closed already. */
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
