import { describeApps, packFirst } from "./test-support/describe-consumers.ts";

packFirst();
/** Each line on each of its releases, under each resolution of modules. */
describeApps([20, 22, 24, 26], true);
