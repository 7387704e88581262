import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describeWithTool, parseExpositions, promtool } from "@aiwatch/testkit";
import express from "express";
import { Counter, collectDefaultMetrics, Histogram, type Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";

const openMetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

describeWithTool(["openmetrics-parser", "prometheus"], "GET /metrics of an app that works", () => {
  let test: TestAiwatch;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    test = createTestAiwatch();
    addMetricsOfTheApp(test.registry);
    const app = express();
    app.use(aiwatchExpress(test.aiwatch));
    app.get("/work/:id", (_req, res) => {
      runInference(test);
      res.send("done");
    });
    server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const scrape = async (accept: string) => {
    const response = await fetch(`${url}/metrics`, { headers: { accept } });
    return { type: response.headers.get("content-type"), text: await response.text() };
  };

  it("is valid in both formats over 100 scrapes, interleaved with work", async () => {
    const open: string[] = [];
    const classic: string[] = [];
    for (let round = 0; round < 100; round += 1) {
      await (await fetch(`${url}/work/${round}`)).text();
      const one = await scrape(round % 2 === 0 ? openMetrics : "text/plain;version=0.0.4");
      expect(one.type).toContain(round % 2 === 0 ? "application/openmetrics-text" : "text/plain");
      (round % 2 === 0 ? open : classic).push(one.text);
    }
    const outcomes = [
      ...(await parseExpositions(open, "openmetrics")),
      ...(await parseExpositions(classic, "classic")),
    ];
    expect(outcomes).toHaveLength(100);
    expect(outcomes.filter((outcome) => !outcome.ok)).toEqual([]);
  });

  it("says the same in both formats", async () => {
    await (await fetch(`${url}/work/1`)).text();
    const samplesOf = async (accept: string, format: "openmetrics" | "classic") => {
      const [outcome] = await parseExpositions([(await scrape(accept)).text], format);
      if (!outcome?.ok) throw new Error(outcome?.error);
      return outcome.families
        .flatMap((family) => family.samples)
        .filter((sample) => sample.name.startsWith("genai_app_") && !JSON.stringify(sample.labels).includes("/metrics"))
        .map((sample) => [
          sample.name,
          { ...sample.labels, ...(sample.labels["le"] && { le: Number(sample.labels["le"]) }) },
          sample.value,
        ]);
    };
    expect(await samplesOf(openMetrics, "openmetrics")).toEqual(await samplesOf("text/plain", "classic"));
  });

  it("is valid, with each series once, whatever characters names are made of", async () => {
    const { aiwatch } = test;
    const names = [
      "\ud800",
      "\udfff",
      "\0",
      "a\0b",
      "a\rb",
      "\\",
      '\\"',
      "\n",
      "\ufeff",
      "\u2028",
      "💥".repeat(200),
      " ",
      "other",
    ];
    const counter = aiwatch.metrics.counter({ name: "app_hostile_total", help: "x", labels: { a: {}, b: {} } });
    for (const a of names) for (const b of names) counter.add({ a, b });
    for (const name of names) aiwatch.startInference({ model: name }).startTool({ name }).end();
    for (const [accept, format] of [
      [openMetrics, "openmetrics"],
      ["text/plain", "classic"],
    ] as const) {
      const [outcome] = await parseExpositions([(await scrape(accept)).text], format);
      if (!outcome?.ok) throw new Error(outcome?.error);
      const samples = outcome.families.flatMap((family) => family.samples);
      const series = samples.map(({ name, labels }) => JSON.stringify([name, Object.entries(labels).sort()]));
      expect(new Set(series).size).toBe(series.length);
      const hostile = samples.filter(({ name }) => name === "app_hostile_total");
      expect(hostile.reduce((sum, { value }) => sum + value, 0)).toBe(names.length ** 2);
    }
    const { stdout, stderr } = await promtool(["check", "metrics"], (await scrape("text/plain")).text);
    expect(`${stdout}\n${stderr}`).not.toMatch(/app_hostile|error while/);
  });

  it("has nothing on genai_app_* that promtool objects to", async () => {
    const { stdout, stderr } = await promtool(["check", "metrics"], (await scrape("text/plain")).text);
    const findings = `${stdout}\n${stderr}`.split("\n").filter((line) => line.includes("genai_app_"));
    expect(findings).toEqual([]);
  });

  it("carries exemplars where the format can hold them", async () => {
    const exemplar = { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: "b7ad6b7169203331" };
    hostOf(test.aiwatch).instruments.firstTokenLatency.observe({ model: "exemplary" }, 0.3, exemplar);
    const [outcome] = await parseExpositions([(await scrape(openMetrics)).text], "openmetrics");
    if (!outcome?.ok) throw new Error(outcome?.error);
    const samples = outcome.families.flatMap((family) => family.samples);
    const bucket = samples.find((sample) => sample.labels["model"] === "exemplary" && sample.labels["le"] === "0.5");
    expect(bucket?.exemplar).toMatchObject({ labels: exemplar, value: 0.3 });
    expect((await scrape("text/plain")).text).not.toContain("b7ad6b7169203331");
  });
});

function addMetricsOfTheApp(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const odd = new Counter({
    name: "app_odd",
    help: 'help with "quotes",\nlines and \\',
    labelNames: ["what"],
    registers: [registry],
  });
  odd.inc({ what: 'a "quoted"\nline \\' });
  new Histogram({ name: "app_seconds", help: "seconds", buckets: [1, 2.5, 1e6], registers: [registry] }).observe(2);
}

function runInference({ aiwatch }: TestAiwatch): void {
  const inference = aiwatch.startInference({ model: 'odd "name"\nwith a line \\' });
  inference.evaluationBegun();
  inference.promptTokens(3, 2);
  inference.token();
  inference.token();
  inference.end({ unified: "stop" });
  hostOf(aiwatch).models.report("reported", { contextSize: 768, threadsUsed: 1, modelMemoryBytes: 626_560 });
}
