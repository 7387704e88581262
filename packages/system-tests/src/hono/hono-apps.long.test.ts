import { describeLines, packCore } from "./test-support/describe-apps.ts";

packCore();
/** Each line under each resolution of modules. */
describeLines(true);
