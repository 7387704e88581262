import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, collectDefaultMetrics, Histogram, Registry, Summary } from "prom-client";
import { describe, expect, it } from "vitest";
import { createAiwatch } from "../aiwatch/aiwatch.ts";
import { metricsHandler } from "../routes/handlers.ts";
import type { MetricJson } from "./registry-metrics.ts";
import { negotiateFormat, renderExposition } from "./text-format.ts";

const render = async (registry: Registry, format: "classic" | "openmetrics") => {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricJson[];
  return [...renderExposition(metrics, format)].join("");
};

describe("negotiateFormat", () => {
  it.each([
    [undefined, "classic"],
    ["*/*", "classic"],
    ["text/html", "classic"],
    ["application/openmetrics-text", "openmetrics"],
    [
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
      "openmetrics",
    ],
    [
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
      "openmetrics",
    ],
    ["text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5", "classic"],
  ])("%s → %s", (accept, format) => {
    expect(negotiateFormat(accept)).toBe(format);
  });
});

describe("renderExposition", () => {
  it("says in the classic format what prom-client says of the same registry", async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: "app_things_total",
      help: 'things\nwith "quotes" and \\',
      labelNames: ["what"],
      registers: [registry],
    });
    counter.inc({ what: 'a"b\\c\nd' }, 3);
    new Histogram({ name: "app_wait_seconds", help: "wait", buckets: [0.5, 1], registers: [registry] }).observe(0.7);
    new Summary({ name: "app_size_bytes", help: "size", registers: [registry] }).observe(5);
    const theirs = (await registry.metrics()).split("\n").filter((line) => line !== "");
    const ours = (await render(registry, "classic")).split("\n").filter((line) => line !== "");
    expect(ours).toEqual(theirs);
  });

  it("ends an OpenMetrics exposition and names counters and bounds as it wants them", async () => {
    const registry = new Registry();
    new Counter({ name: "app_things", help: "things", registers: [registry] }).inc();
    createAiwatch({ registry });
    const text = await render(registry, "openmetrics");
    expect(text).toContain("# TYPE app_things counter\napp_things_total 1\n");
    expect(text).toContain("# TYPE genai_app_errors counter\n");
    expect(text).toContain('genai_app_event_loop_delay_seconds_bucket{le="1.0"} 0\n');
    expect(text.endsWith("# EOF\n")).toBe(true);
  });

  it("does not change what the other format says, however often they alternate", async () => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    createAiwatch({ registry });
    const names = (text: string) => text.split("\n").filter((line) => line.startsWith("# TYPE"));
    const classic = names(await render(registry, "classic"));
    const open = names(await render(registry, "openmetrics"));
    for (let round = 0; round < 100; round += 1) {
      const format = round % 2 === 0 ? "classic" : "openmetrics";
      expect(names(await render(registry, format))).toEqual(round % 2 === 0 ? classic : open);
    }
  });

  it("keeps the counters' names after prom-client's own OpenMetrics output cut them", async () => {
    const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const aiwatch = createAiwatch({ registry });
    new Counter({ name: "app_things_total", help: "things", registers: [registry] }).inc();
    const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const scrape = async () => (await fetch(`http://127.0.0.1:${port}`)).text();
    const before = await scrape();
    await registry.metrics();
    expect(await scrape()).toBe(before);
    expect(before).toContain("# TYPE app_things_total counter\napp_things_total 1\n");
    expect(before).toContain('genai_app_errors_total{type="internal",operation="http"} 0\n');
    server.close();
    await aiwatch.close();
  });

  it("gives a large exposition in pieces", async () => {
    const registry = new Registry();
    const counter = new Counter({ name: "app_many_total", help: "many", labelNames: ["n"], registers: [registry] });
    for (let n = 0; n < 5000; n += 1) counter.inc({ n });
    const metrics = (await registry.getMetricsAsJSON()) as unknown as MetricJson[];
    const pieces = [...renderExposition(metrics, "classic")];
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(40_000);
  });
});
