import { describeBuilds } from "../test-support/built/builds.ts";
import { describeCluster } from "./test-support/describe-cluster.ts";
import { describeClusterSummary } from "./test-support/describe-summary.ts";

/** All that a cluster's processes and threads do, in each build. */
describeBuilds(async (build) => {
  const app = { program: build.node.program, args: [await build.bundle("cluster/test-support/app.ts")] };
  describeCluster(app);
  describeClusterSummary(app);
});
