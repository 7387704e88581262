import { describeSuite } from "../test-support/describe-suite.ts";
import { doorSuite } from "../test-support/suites.ts";

describeSuite(doorSuite("Hono"));
