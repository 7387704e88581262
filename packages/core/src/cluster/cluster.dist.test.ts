import { describeBuilds } from "../test-support/built/builds.ts";
import { describeSuites } from "../test-support/built/describe-suites.ts";
import { clusterSuite } from "../test-support/suites.ts";
import { describeCluster } from "./test-support/describe-cluster.ts";
import { describeClusterSummary } from "./test-support/describe-summary.ts";

describeBuilds(async (build) => {
  await describeSuites(build, [clusterSuite]);
  const app = { program: build.node.program, args: [await build.bundle("cluster/test-support/app.ts")] };
  describeCluster(app);
  describeClusterSummary(app);
});
