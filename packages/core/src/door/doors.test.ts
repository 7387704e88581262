import { describe, it } from "vitest";
import { answers } from "../test-support/answers.ts";
import { brokenOff } from "../test-support/broken-off.ts";
import { doorOptions } from "../test-support/door-options.ts";
import { doors } from "../test-support/doors.ts";
import { hostile } from "../test-support/hostile.ts";
import { hostileHeaders } from "../test-support/hostile-headers.ts";
import { hostileOptions } from "../test-support/hostile-options.ts";
import { hostileReports } from "../test-support/hostile-reports.ts";
import { hostileTargets } from "../test-support/hostile-targets.ts";
import { identity } from "../test-support/identity.ts";
import { manyPaths } from "../test-support/many-paths.ts";
import { ownRoutes } from "../test-support/own-routes.ts";

const usual = [...answers, ...brokenOff, ...identity, ...ownRoutes, ...doorOptions];
const unusual = [...hostile, ...hostileHeaders, ...hostileTargets, ...hostileOptions, ...hostileReports, ...manyPaths];
const behaviours = [...usual, ...unusual];

describe.each(doors)("the door of $name", (door) => {
  for (const { name, test } of behaviours) it(name, () => test(door));
});
