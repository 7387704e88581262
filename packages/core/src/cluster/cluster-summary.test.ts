import { describeClusterSummary } from "./test-support/describe-summary.ts";
import { sourceApp } from "./test-support/start-cluster.ts";

describeClusterSummary(sourceApp);
