import { describeSuite } from "../test-support/describe-suite.ts";
import { clusterSuite } from "../test-support/suites.ts";

describeSuite(clusterSuite);
