import { describeBuilds } from "../test-support/built/builds.ts";
import { describeSuites } from "../test-support/built/describe-suites.ts";
import { clusterSuite } from "../test-support/suites.ts";
import { describeCluster } from "./test-support/describe-cluster.ts";
import { describeClusterSummary } from "./test-support/describe-summary.ts";

/** What it counts in one build, and what it sums up in the other: each starts some fifty processes. All of it in the long tests. */
describeBuilds(async (build) => {
  await describeSuites(build, [clusterSuite]);
  const describeInTurn = build.nth === 0 ? describeCluster : describeClusterSummary;
  describeInTurn({ program: build.node.program, args: [await build.bundle("cluster/test-support/app.ts")] });
});
