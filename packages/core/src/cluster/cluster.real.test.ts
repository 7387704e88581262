import { describeWithTool, parseExpositions } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningCluster, sourceApp, startCluster } from "./test-support/start-cluster.ts";

describeWithTool(["openmetrics-parser"], "GET /metrics of a cluster", () => {
  let cluster: RunningCluster;

  beforeAll(async () => {
    cluster = await startCluster(sourceApp, 2);
    await (await cluster.worker(0)).get("/set?n=2");
    await (await cluster.worker(1)).get("/set?n=4&trace=0af7651916cd43dd8448eb211c80319c");
  });
  afterAll(() => cluster.process.stop("SIGKILL"));

  it("is valid in both formats, after the death of a worker too", async () => {
    const texts = { classic: [] as string[], openmetrics: [] as string[] };
    const scrape = async () => {
      for (const member of [cluster.primary, await cluster.worker(0)]) {
        texts.classic.push(await (await member.get("/metrics")).text());
        texts.openmetrics.push(await (await member.get("/metrics", "application/openmetrics-text")).text());
      }
    };
    await scrape();
    process.kill((await cluster.worker(1)).pid, "SIGKILL");
    await scrape();
    for (const format of ["classic", "openmetrics"] as const) {
      const outcomes = await parseExpositions(texts[format], format);
      expect(outcomes).toHaveLength(4);
      expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
    }
    expect(texts.openmetrics[0]).toContain('trace_id="0af7651916cd43dd8448eb211c80319c"');
  });
});
