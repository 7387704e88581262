import { catalogue } from "@aiwatch/core";
import { describeWithTool, type RunningLlamaServer, type RunningPrometheus, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isOfAlerts } from "./test-support/absent-in-the-demo.ts";
import { absentOnAServer } from "./test-support/absent-on-a-server.ts";
import {
  driven,
  expectDataOf,
  expectNoDataOf,
  type LiveDemo,
  queriesAbout,
  startDemo,
} from "./test-support/live-demo.ts";
import { dashboardNames, type PanelQuery } from "./test-support/queries.ts";

/** By the whole name: `genai_app_queue_seconds` is no part of another's. */
const names = (metric: string, { promql }: PanelQuery) =>
  new RegExp(`\\b${metric}(_bucket|_sum|_count)?\\b`).test(promql);
/** Who waits in the app's own line is known, whatever is known of the engine's. */
const isAbout = (metric: string, query: PanelQuery) =>
  names(metric, query) && !names(catalogue.admissionWaiting.name, query);
const isException = (query: PanelQuery) =>
  isOfAlerts(query.promql) || absentOnAServer.some(({ metric }) => isAbout(metric, query));

describeWithTool(["prometheus", "llama-server"], "the dashboards of the demo on a real llama-server", () => {
  let server: RunningLlamaServer;
  let demo: LiveDemo;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    // an answer takes long enough for the crowd to wait, and for one to be stopped
    const model = await ensureTinyModel({ sentences: 30, feedForward: 32_768 });
    server = await startLlamaServer({ model, alias: "tiny-chat", parallel: 2, metrics: true });
    demo = await startDemo({ BASE_URL: `${server.url}/v1` });
    prometheus = await driven(demo, [demo.host]);
  });
  afterAll(async () => {
    await prometheus?.close();
    await demo?.process.stop();
    await server?.close();
  });

  it.each([
    ["llm-dashboard", 50],
    ["llamacpp-dashboard", 35],
  ] as const)("every query of %s has data, none empty, none NaN", async (name, atLeast) => {
    const queries = queriesAbout(demo.host)(name).filter((query) => !isException(query));
    expect(queries.length).toBeGreaterThan(atLeast);
    await expectDataOf(prometheus, queries);
  });

  it.each(absentOnAServer)("$metric alone has none, as $reason", async ({ metric }) => {
    const queries = dashboardNames.flatMap(queriesAbout(demo.host)).filter((query) => isAbout(metric, query));
    expect(queries).not.toEqual([]);
    await expectNoDataOf(prometheus, queries);
  });
});
