import { describeBuilt } from "../test-support/built/describe-built.ts";
import { doorSuites } from "../test-support/suites.ts";

describeBuilt({ node: 24, format: "esm" }, doorSuites);
