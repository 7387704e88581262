import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { allPanels } from "./grafana-json.ts";
import { dashboardNames, readDashboard } from "./test-support/queries.ts";

const path = (file: string) => fileURLToPath(new URL(`../${file}`, import.meta.url));
const read = (file: string) => readFileSync(path(file), "utf8");

describe("the package", () => {
  const manifest = JSON.parse(read("package.json")) as { files: string[]; exports: Record<string, string> };

  it("has the files that it names", () => {
    const built = ["dist"];
    const named = manifest.files.filter((file) => !file.startsWith("!") && !built.includes(file));
    for (const file of named) expect(existsSync(path(file)), file).toBe(true);
  });

  it("exports the dashboards", async () => {
    for (const name of dashboardNames) {
      const target = manifest.exports["./*.json"]?.replace("*", name) ?? "";
      expect(JSON.parse(read(target))).toMatchObject({ uid: name });
    }
  });

  it.each(dashboardNames)("has a README that names every panel of %s", (name) => {
    const readme = read("README.md");
    for (const { title } of allPanels(readDashboard(name))) expect(readme).toContain(title);
  });

  it("tells no more of the world than it needs: the dashboards are the same for everyone", () => {
    for (const name of dashboardNames) {
      const dashboard = readDashboard(name);
      // where traces are is for the reader to change: the variable begins with the Compose stack's Jaeger
      const list = dashboard.templating.list.filter((variable) => variable.name !== "traces_url");
      expect(JSON.stringify({ ...dashboard, templating: { list } })).not.toMatch(/https?:|localhost[:/]/);
      // what Grafana counts up at each change; a label of that name is another thing
      expect(dashboard).not.toHaveProperty("version");
    }
  });
});

describe("the provisioned data sources", () => {
  const datasources = read("grafana/provisioning/datasources/aiwatch.yaml");
  const prometheus = read("prometheus/prometheus.yml");

  it("know how often Prometheus scrapes: $__rate_interval comes from it", () => {
    const scraped = /scrape_interval: (\w+)/.exec(prometheus)?.[1];
    expect(/timeInterval: (\w+)/.exec(datasources)?.[1]).toBe(scraped);
  });

  it("have fixed uids, and lead from the exemplars' key to Jaeger", () => {
    expect(datasources).toMatch(/- name: Prometheus\n {4}uid: prometheus\n {4}type: prometheus/);
    expect(datasources).toMatch(/- name: Jaeger\n {4}uid: jaeger\n {4}type: jaeger/);
    expect(datasources).toMatch(/- name: trace_id\n {10}datasourceUid: jaeger/);
  });

  it("and the scrape job have the original's names", () => {
    expect(prometheus).toMatch(/job_name: genai-app/);
    expect(prometheus).toMatch(/host\.docker\.internal:8080/);
  });

  it("finds the dashboards where the Compose file puts them", () => {
    const folder = /path: (\S+)/.exec(read("grafana/provisioning/dashboards/aiwatch.yaml"))?.[1];
    expect(read("compose.yaml")).toContain(`./grafana/dashboards:${folder}:ro`);
  });
});
