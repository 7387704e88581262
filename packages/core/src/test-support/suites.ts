import { joining } from "../cluster/test-support/joining.ts";
import { behaviours } from "./behaviours.ts";
import { type DoorName, doors } from "./doors.ts";
import type { Suite } from "./suite.ts";

/** A tenth of what one door is asked for: it still names five times as many routes as there are series for. */
const fewer = 1_000;

/** @param many how many paths the door is asked for */
export function doorSuite(name: DoorName, many = fewer): Suite {
  const door = doors[name];
  const tests = behaviours(many).map(({ name, test }) => ({ name, test: () => test(door) }));
  return { title: `the door of ${name}`, tests };
}

export const doorSuites: readonly Suite[] = (Object.keys(doors) as DoorName[]).map((name) => doorSuite(name));

export const clusterSuite: Suite = { title: "joinCluster", tests: joining };
