import { describeFaults } from "./test-support/describe-faults.ts";

describeFaults(40_000);
