import { describeLines, describeOtherApps, packCore } from "./test-support/describe-apps.ts";

packCore();
describeLines();
describeOtherApps();
