import { coreSettings } from "../settings/core-settings.ts";
import { invalidSetting, readRow } from "../settings/settings.ts";
import type {
  DiskCheckOptions,
  EventLoopCheckOptions,
  MemoryCheckOptions,
  ModelCheckOptions,
} from "./built-in-checks.ts";
import type { CheckDefaults } from "./health.ts";

/** What holds for all checks, and which of the built-in ones are on: `true`, or options of its own. */
export interface HealthOptions {
  /** How long a check may take that says nothing else, in milliseconds. @default `AIWATCH_HEALTH_TIMEOUT_MS`, else 2000 */
  readonly timeoutMs?: number;
  /** How long a check's answer holds where the check says nothing else, in milliseconds. @default `AIWATCH_HEALTH_CACHE_MS`, else 0 */
  readonly cacheMs?: number;
  /** A model is loaded. @default whether `AIWATCH_HEALTH_CHECKS` names it */
  readonly model?: boolean | ModelCheckOptions;
  /** Memory is left. @default whether `AIWATCH_HEALTH_CHECKS` names it */
  readonly memory?: boolean | MemoryCheckOptions;
  /** The event loop is free. @default whether `AIWATCH_HEALTH_CHECKS` names it */
  readonly eventLoop?: boolean | EventLoopCheckOptions;
  /** There is room on a disk. @default whether `AIWATCH_HEALTH_CHECKS` names it */
  readonly disk?: boolean | DiskCheckOptions;
}

export const builtInNames = ["model", "memory", "eventLoop", "disk"] as const;
export type BuiltInName = (typeof builtInNames)[number];

/** The options of each built-in check that is on. */
export interface ChosenChecks {
  readonly model?: ModelCheckOptions;
  readonly memory?: MemoryCheckOptions;
  readonly eventLoop?: EventLoopCheckOptions;
  readonly disk?: DiskCheckOptions;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is no time */
export function readCheckDefaults({ timeoutMs, cacheMs }: HealthOptions): CheckDefaults {
  return {
    timeoutMs: readRow(coreSettings.checkTimeoutMs, timeoutMs),
    cacheMs: readRow(coreSettings.checkCacheMs, cacheMs),
  };
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for a name that no built-in check has, and for options that are none */
export function readChosenChecks(options: HealthOptions): ChosenChecks {
  const listed = readRow(coreSettings.healthChecks) ?? [];
  const chosen: Partial<Record<BuiltInName, object>> = {};
  for (const name of builtInNames) {
    const option: unknown = options[name] ?? listed.includes(name);
    if (option === true) chosen[name] = {};
    else if (typeof option === "object" && option !== null) chosen[name] = option;
    else if (option !== false) throw invalidSetting(`the option health.${name}`, option, "true, false or options");
  }
  return chosen;
}
