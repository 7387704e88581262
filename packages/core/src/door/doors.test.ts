import { describe, it } from "vitest";
import { answers } from "../test-support/answers.ts";
import { brokenOff } from "../test-support/broken-off.ts";
import { doorOptions } from "../test-support/door-options.ts";
import { doors } from "../test-support/doors.ts";
import { hostile } from "../test-support/hostile.ts";
import { identity } from "../test-support/identity.ts";
import { ownRoutes } from "../test-support/own-routes.ts";

const behaviours = [...answers, ...brokenOff, ...identity, ...ownRoutes, ...doorOptions, ...hostile];

describe.each(doors)("the door of $name", (door) => {
  for (const { name, test } of behaviours) it(name, () => test(door));
});
