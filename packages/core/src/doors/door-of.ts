import { type Aiwatch, defaultAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { Door, type DoorOptions } from "./door.ts";

/** Finds the door for the request that comes now; undefined where nothing is to be observed. */
export type FindDoor = () => Door | undefined;

/**
 * The door of an instance; without one, that of the default instance, whichever it is when a request comes. A request ends at the door by which
 * it came.
 * @returns finds it; undefined where the instance is disabled for good
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for options that cannot be used; `AIWATCH_METRIC_CONFLICT` and `AIWATCH_INVALID_SETTING`
 *   where an instance has to be made and cannot be
 */
export function doorOf(aiwatch: Aiwatch | undefined, options: DoorOptions): FindDoor | undefined {
  const host = hostOf(aiwatch ?? defaultAiwatch());
  // one that stands in was the default, and whoever holds it asked for that
  if (aiwatch === undefined || host.standsIn) return followDefault(host, options);
  if (host.disabled) return undefined;
  const door = new Door(host, options);
  return () => door;
}

function followDefault(first: AiwatchHost, options: DoorOptions): FindDoor {
  let current = first;
  // made for a disabled one, too: options that cannot be used are an error at the mount, never at a request
  let door: Door | undefined = new Door(current, options);
  return () => {
    const now = hostOf(defaultAiwatch(current));
    if (now !== current) {
      current = now;
      door = now.diagnostics.guard("route", "following the default instance", () => new Door(now, options));
    }
    return now.disabled ? undefined : door;
  };
}
