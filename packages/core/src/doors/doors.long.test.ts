import { describeBuilds } from "../test-support/built/builds.ts";
import { describeSuites } from "../test-support/built/describe-suites.ts";
import { doorSuites } from "../test-support/suites.ts";

/** Every behaviour of every door, in each build. */
describeBuilds((build) => describeSuites(build, doorSuites));
