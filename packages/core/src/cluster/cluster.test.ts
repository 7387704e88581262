import { describeCluster } from "./test-support/describe-cluster.ts";
import { sourceApp } from "./test-support/start-cluster.ts";

describeCluster(sourceApp);
