import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describeWithTool, parseExpositions, promtool } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { metricsHandler } from "../routes/handlers.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { withSpan } from "../tracing/span.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";

recordedSpans();

const accepts = { classic: "text/plain", openmetrics: "application/openmetrics-text" } as const;
type Format = keyof typeof accepts;

describeWithTool(["openmetrics-parser", "prometheus"], "GET /metrics with the app's own metrics", () => {
  const { aiwatch } = createTestAiwatch();
  let server: Server;

  beforeAll(async () => {
    record(aiwatch);
    server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterAll(() => server.close());

  async function scrape(format: Format): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}`, { headers: { accept: accepts[format] } });
    expect(response.headers.get("content-type")).toContain(accepts[format]);
    return response.text();
  }

  /** The app's families, as a strict parser reads them. */
  async function familiesIn(format: Format) {
    const [outcome] = await parseExpositions([await scrape(format)], format);
    if (!outcome?.ok) throw new Error(outcome?.error);
    return outcome.families.filter(({ name }) => name.startsWith("app_"));
  }

  it.each(["classic", "openmetrics"] as const)("is valid as %s, with every value", async (format) => {
    const families = await familiesIn(format);
    const types = Object.fromEntries(families.map(({ name, type }) => [name.replace(/_total$/, ""), type]));
    expect(types).toEqual({
      app_files: "counter",
      app_waiting: "gauge",
      app_read: "gauge",
      app_search_seconds: "histogram",
    });
    const samples = families.flatMap((family) => family.samples);
    const valueAt = (name: string, labels: object) =>
      samples.find((sample) => sample.name === name && JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;
    expect(valueAt("app_files_total", { kind: "pdf", tenant: 'odd "name"\nand \\' })).toBe(2);
    expect(valueAt("app_files_total", { kind: "pdf", tenant: "other" })).toBe(1);
    expect(valueAt("app_waiting", {})).toBe(-1.5);
    expect(valueAt("app_read", { state: "busy" })).toBe(3);
    expect(valueAt("app_search_seconds_count", {})).toBe(1);
  });

  it("carries the exemplar of the span that a value was observed in", async () => {
    const samples = (await familiesIn("openmetrics")).flatMap((family) => family.samples);
    const exemplars = samples.flatMap(({ exemplar }) => (exemplar ? [exemplar] : []));
    const ids = { trace_id: expect.stringMatching(/^[0-9a-f]{32}$/), span_id: expect.stringMatching(/^[0-9a-f]{16}$/) };
    expect(exemplars).toMatchObject([{ labels: ids, value: 0.5 }]);
  });

  it("has nothing that promtool objects to", async () => {
    const { stdout, stderr } = await promtool(["check", "metrics"], await scrape("classic"));
    expect(`${stdout}\n${stderr}`.split("\n").filter((line) => line.includes("app_"))).toEqual([]);
  });
});

function record({ metrics }: Aiwatch): void {
  const files = metrics.counter({
    name: "app_files_total",
    help: 'with "quotes",\nlines and \\',
    labels: { kind: ["pdf"], tenant: { cap: 1 } },
  });
  files.add({ kind: "pdf", tenant: 'odd "name"\nand \\' }, 2);
  files.add({ kind: "pdf", tenant: "one too many" });
  metrics.gauge({ name: "app_waiting", help: "Files that wait" }).set(-1.5);
  metrics.gauge({
    name: "app_read",
    help: "Readers by what they do",
    labels: { state: ["busy", "idle"] },
    read: () => [
      { labels: { state: "busy" }, value: 3 },
      { labels: { state: "idle" }, value: 0 },
    ],
  });
  const search = metrics.histogram({
    name: "app_search_seconds",
    help: "How long the search took",
    bounds: [0, 0.1, 1],
  });
  withSpan("search", () => search.observe(0.5));
}
