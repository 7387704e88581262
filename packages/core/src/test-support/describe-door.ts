import { describe, it } from "vitest";
import { behaviours } from "./behaviours.ts";
import { type DoorName, doors } from "./doors.ts";

/** A tenth of what one door is asked for: enough to fill the cap of routes five times over. */
const fewer = 1_000;

/**
 * The whole table for one door, on the sources.
 * @param many how many paths it is asked for @default a tenth of what one door takes
 */
export function describeDoor(name: DoorName, many = fewer): void {
  const door = doors[name];
  describe(`the door of ${name}`, () => {
    for (const { name, test } of behaviours(many)) it(name, () => test(door));
  });
}
