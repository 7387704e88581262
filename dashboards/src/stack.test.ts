import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const read = async (path: string) =>
  parse(await readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8"));

interface Rule {
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const { groups } = (await read("prometheus/rules/aiwatch.rules.yaml")) as { groups: { rules: Rule[] }[] };
const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);

describe("Alertmanager's configuration", async () => {
  const { inhibit_rules, route } = await read("alertmanager/alertmanager.yml");
  const named = (matchers: string[]) => matchers.flatMap((matcher) => /^alertname="(\w+)"$/.exec(matcher)?.[1] ?? []);

  it("inhibits alerts that the rules have", () => {
    const names = inhibit_rules.flatMap(({ source_matchers, target_matchers }: Record<string, string[]>) =>
      named([...(source_matchers ?? []), ...(target_matchers ?? [])]),
    );
    expect(names).toHaveLength(5);
    expect(alerts.map(({ alert }) => alert)).toEqual(expect.arrayContaining(names));
  });

  it("has a route for each severity of the rules", () => {
    const routed = route.routes.flatMap(({ matchers }: { matchers: string[] }) =>
      matchers.map((matcher) => /^severity="(\w+)"$/.exec(matcher)?.[1]),
    );
    expect([...new Set(alerts.map(({ labels }) => labels?.["severity"]))].toSorted()).toEqual(routed.toSorted());
  });

  it("lets a job that is down silence its targets, which only warn", () => {
    const severityOf = (name: string) => alerts.find(({ alert }) => alert === name)?.labels?.["severity"];
    expect([severityOf("AIWatchJobDown"), severityOf("AIWatchTargetDown")]).toEqual(["critical", "warning"]);
  });
});

describe("the provisioned data sources", async () => {
  const { datasources } = (await read("grafana/provisioning/datasources/aiwatch.yaml")) as {
    datasources: { name: string; uid: string; type: string; url: string; jsonData?: Record<string, unknown> }[];
  };

  it("are the stack's services", async () => {
    const { services } = await read("compose.yaml");
    const hosts = datasources.map(({ url }) => new URL(url).hostname);
    expect(hosts).toEqual(["prometheus", "jaeger", "alertmanager"]);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(hosts));
  });

  it("lead from Prometheus to the others by their uids", () => {
    const uids = Object.fromEntries(datasources.map(({ type, uid }) => [type, uid]));
    const prometheus = datasources.find(({ type }) => type === "prometheus");
    expect(prometheus?.jsonData).toMatchObject({
      alertmanagerUid: uids["alertmanager"],
      exemplarTraceIdDestinations: [{ datasourceUid: uids["jaeger"] }],
    });
  });
});

describe("the Collector's configuration", () => {
  it("judges by attributes that core's spans have", async () => {
    const config = await readFile(fileURLToPath(new URL("../collector/collector.yaml", import.meta.url)), "utf8");
    const names = [...config.matchAll(/attributes\["([^"]+)"\]/g)].map(([, name = ""]) => name);
    expect(names).toHaveLength(2);
    const semconv = fileURLToPath(new URL("../../packages/core/src/tracing/semconv.ts", import.meta.url));
    for (const name of names) expect(await readFile(semconv, "utf8")).toContain(`"${name}"`);
  });
});
