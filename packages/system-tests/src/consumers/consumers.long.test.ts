import { describeApps, packFirst } from "./test-support/describe-consumers.ts";

packFirst();
describeApps([22, 26], true);
