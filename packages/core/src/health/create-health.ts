import type { Closer } from "../base/process-wide.ts";
import type { Clock } from "../base/time.ts";
import { EventLoopMonitor } from "../event-loop/event-loop-monitor.ts";
import type { ModelBoard } from "../models/model-board.ts";
import { diskCheck, eventLoopCheck, memoryCheck, modelCheck } from "./built-in-checks.ts";
import type { CheckOptions } from "./check.ts";
import { HealthChecks } from "./health.ts";
import { type ChosenChecks, type HealthOptions, readCheckDefaults, readChosenChecks } from "./options.ts";

/** What health needs of the instance that it belongs to. */
export interface HealthHost {
  readonly disabled: boolean;
  readonly clock: Clock;
  readonly models: ModelBoard;
  onClose(closer: Closer): unknown;
}

/**
 * The health of one instance, with those of the built-in checks that are on. A disabled instance has none: it measures nothing.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used
 */
export function createHealth(host: HealthHost, options: HealthOptions = {}): HealthChecks {
  const health = new HealthChecks(readCheckDefaults(options), host.clock);
  const chosen = readChosenChecks(options);
  if (!host.disabled) addChecks(health, host, chosen);
  return health;
}

/** A reading that costs something holds for a while, so that nobody can make it cost much by asking often. */
function addChecks(health: HealthChecks, host: HealthHost, { model, memory, eventLoop, disk }: ChosenChecks): void {
  if (model !== undefined) health.addCheck("model", modelCheck(host, model), model);
  if (memory !== undefined) health.addCheck("memory", memoryCheck(memory), slight(memory, 1000));
  if (eventLoop !== undefined) {
    const monitor = new EventLoopMonitor(host.clock);
    host.onClose(() => monitor.close());
    health.addCheck("eventLoop", eventLoopCheck(monitor, eventLoop), slight(eventLoop, 0));
  }
  if (disk !== undefined) health.addCheck("disk", diskCheck(disk), slight(disk, 10_000));
}

/** What fails on every replica at once must not take all of them out: told of, and not critical. */
function slight(options: CheckOptions, cacheMs: number): CheckOptions {
  return { ...options, critical: options.critical ?? false, cacheMs: options.cacheMs ?? cacheMs };
}
