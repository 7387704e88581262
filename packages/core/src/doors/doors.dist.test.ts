import { isInSpread } from "@aiwatch/testkit";
import { builds, describeBuilds } from "../test-support/built/builds.ts";
import { describeSuites } from "../test-support/built/describe-suites.ts";
import { doorSuites } from "../test-support/suites.ts";

/**
 * Every behaviour in both builds, at one door or two in turn, and each door in both: from the sources every behaviour is tested at every door. All of it in the
 * long tests.
 */
describeBuilds((build) => {
  const spread = { columns: doorSuites.length, layer: build.nth, layers: builds.length, depths: 2 };
  const suites = doorSuites.map(({ title, tests }, column) => ({
    title,
    tests: tests.filter((_, row) => isInSpread({ row, column, ...spread })),
  }));
  return describeSuites(build, suites);
});
