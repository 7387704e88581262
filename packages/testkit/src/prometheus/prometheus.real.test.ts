import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closedAddress, type TestServer, testServer } from "../server/test-server.ts";
import { describeWithTool } from "../tools/describe-with-tool.ts";
import { promtool, type RunningPrometheus, startPrometheus } from "./start-prometheus.ts";

const EXPOSITION = `# TYPE teas counter
# HELP teas Cups poured.
teas_total{kind="green"} 7.0 # {trace_id="abc"} 1.0 1700000000.0
# EOF
`;

describeWithTool("prometheus", "startPrometheus", () => {
  let app: TestServer;
  let prometheus: RunningPrometheus;
  let folder: string;

  beforeAll(async () => {
    app = await testServer((_, response) => {
      const exposition = EXPOSITION.replace("1700000000.0", `${Date.now() / 1000}`);
      response.writeHead(200, { "content-type": "application/openmetrics-text; version=1.0.0; charset=utf-8" });
      response.end(exposition);
    });
    folder = await mkdtemp(join(tmpdir(), "aiwatch-rules-"));
    const rules = {
      groups: [
        {
          name: "ours",
          rules: [
            { record: "kind:teas", expr: "sum by (kind) (teas_total)" },
            { alert: "TeaIsServed", expr: "kind:teas > 6", annotations: { summary: "{{ $labels.kind }} tea" } },
          ],
        },
      ],
    };
    await writeFile(join(folder, "rules.json"), JSON.stringify(rules));
    prometheus = await startPrometheus({
      targets: [app.url],
      jobName: "tea",
      ruleFiles: [join(folder, "rules.json")],
      features: ["exemplar-storage"],
    });
  });
  afterAll(async () => {
    await prometheus?.close();
    await app?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("scrapes what it was pointed at", async () => {
    const answer = await prometheus.queryUntil("teas_total");
    expect(answer).toMatchObject({ resultType: "vector", result: [{ metric: { kind: "green", job: "tea" } }] });
    expect(await prometheus.targets()).toMatchObject([
      { health: "up", lastError: "", scrapeUrl: `${app.url}/metrics` },
    ]);
    expect(await prometheus.query("scalar(sum(teas_total)) * 2")).toMatchObject({ resultType: "scalar" });
  });

  it("keeps exemplars and evaluates rules", async () => {
    await prometheus.queryUntil("kind:teas");
    const [group] = await prometheus.rules();
    expect(group).toMatchObject({ name: "ours", interval: 0.2, rules: [{ name: "kind:teas", health: "ok" }, {}] });
    await prometheus.queryUntil('ALERTS{alertstate="firing"}');
    const labels = { alertname: "TeaIsServed", kind: "green" };
    expect(await prometheus.alerts()).toMatchObject([
      { labels, annotations: { summary: "green tea" }, state: "firing", value: "7e+00" },
    ]);
    const [series] = await prometheus.exemplars("teas_total");
    expect(series?.exemplars[0]?.labels).toEqual({ trace_id: "abc" });
  });

  it("scrapes several jobs, and has the past that it was given", async () => {
    const tenDaysAgo = Math.floor(Date.now() / 1000) - 10 * 86_400;
    const history = `# TYPE cups gauge\ncups{job="old"} 3 ${tenDaysAgo}\ncups{job="old"} 5 ${tenDaysAgo + 60}\n# EOF\n`;
    const mine = await startPrometheus({ targets: { green: [app.url], black: [closedAddress] }, history });
    try {
      await mine.queryUntil('up{job="green"} == 1 and on () up{job="black"} == 0');
      const answer = await mine.query(`cups @ ${tenDaysAgo + 90}`);
      expect(answer).toMatchObject({ result: [{ metric: { job: "old" }, value: [expect.anything(), "5"] }] });
    } finally {
      await mine.close();
    }
  });

  it("quotes promtool when the past that it was given is none", async () => {
    const start = startPrometheus({ targets: [], history: "cups 3 1\n" });
    await expect(start).rejects.toThrow(/promtool makes no history of it: .*EOF/s);
  });

  it("quotes Prometheus when a query is wrong", async () => {
    await expect(prometheus.query("rate(teas_total)")).rejects.toThrow("expected type range vector");
  });

  it("tells what it saw when a query stays empty", async () => {
    const wait = prometheus.queryUntil("coffees_total", undefined, { timeoutMs: 1 });
    await expect(wait).rejects.toThrow(/asked in vain: coffees_total.*last answer: \[\].*\/metrics up/s);
  });

  it("leaves nothing behind", async () => {
    const mine = await startPrometheus({ targets: [] });
    const path = mine.log.find((line) => line.includes("Loading configuration file"))?.match(/filename=(\S+)/)?.[1];
    expect(existsSync(path!)).toBe(true);
    await mine.close();
    await mine.close();
    expect(existsSync(path!)).toBe(false);
    await expect(fetch(mine.url)).rejects.toThrow();
  });

  it("quotes Prometheus when it does not start", async () => {
    const start = startPrometheus({ targets: [], ruleFiles: [join(folder, "["), "["] });
    await expect(start).rejects.toThrow(/ended \(code [12],.*\[/s);
  });
});

describeWithTool("prometheus", "promtool", () => {
  it("accepts good metrics and finds fault with bad ones", async () => {
    const good = "# HELP teas_total Cups.\n# TYPE teas_total counter\nteas_total 1\n";
    expect(await promtool(["check", "metrics"], good)).toEqual({ code: 0, stdout: "", stderr: "" });
    const bad = await promtool(["check", "metrics"], good.replaceAll("teas_total", "teas"));
    expect(bad.code).toBe(3);
    expect(bad.stderr).toContain('counter metrics should have "_total" suffix');
  });
});
