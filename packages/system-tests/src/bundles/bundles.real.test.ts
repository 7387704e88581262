import { describeBundles } from "./test-support/describe-bundles.ts";

/** Each bundle runs on one of the releases of Node, in turn; on each in the long tests. */
describeBundles();
