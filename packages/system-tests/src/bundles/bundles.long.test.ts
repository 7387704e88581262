import { describeBundles } from "./test-support/describe-bundles.ts";

/** Each bundle on each release of Node. */
describeBundles(true);
