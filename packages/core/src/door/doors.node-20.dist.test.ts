import { describeBuilt } from "../test-support/built/describe-built.ts";
import { doorSuites } from "../test-support/suites.ts";

describeBuilt({ node: 20, format: "cjs" }, doorSuites);
