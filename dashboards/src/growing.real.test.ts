import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { catalogue } from "@aiwatch/core";
import {
  closedAddress,
  describeWithTool,
  promtool,
  type RunningProcess,
  type RunningPrometheus,
  runNode,
  startPrometheus,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { rulesFile, rulesFor } from "./rules/index.ts";
import { connectPrometheus } from "./servers/prometheus.ts";
import { valuesOf } from "./test-support/live-demo.ts";
import { type DashboardName, dashboardNames, queriesOf, readDashboard } from "./test-support/queries.ts";
import { checkConfig } from "./test-support/rule-files.ts";
import { substitute } from "./test-support/substitute.ts";

const page = await readFile(fileURLToPath(new URL("../../docs/guide/growing.md", import.meta.url)), "utf8");
const snippets = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
const snippetWith = (word: string) => parse(snippets.find((text) => text.includes(word)) ?? "");

interface Relabel {
  readonly source_labels: readonly string[];
  readonly regex: string;
}
const smaller: readonly Relabel[] = snippetWith("metric_relabel_configs").scrape_configs[0].metric_relabel_configs;

/** The numbers of a row of the page's first table. */
function figuresOf(row: string): number[] {
  const [, cells = ""] = new RegExp(`^\\| ${row} \\|(.*)\\|$`, "m").exec(page) ?? [];
  return cells.split("|").map((cell) => Number(cell.replaceAll(",", "")));
}

const expectNear = (actual: number, told: number | undefined) => {
  expect(actual).toBeGreaterThan((told ?? 0) * 0.93);
  expect(actual).toBeLessThan((told ?? 0) * 1.07);
};

describeWithTool("prometheus", "what a process costs, as docs/guide/growing.md has it", () => {
  const app = fileURLToPath(new URL("test-support/app-with-models.ts", import.meta.url));
  const counts = [1, 3] as const;
  let apps: RunningProcess[];
  let hosts: string[];
  let whole: RunningPrometheus;
  let reduced: RunningPrometheus;

  beforeAll(async () => {
    apps = await Promise.all(counts.map((count) => runNode(["--conditions=@aiwatch/source", app, `${count}`])));
    const lines = await Promise.all(apps.map((each) => each.waitForLine(/listening on (\d+)/, 120_000)));
    hosts = lines.map(([, port]) => `127.0.0.1:${port}`);
    whole = await startPrometheus({ targets: hosts });
    reduced = await startPrometheus({ targets: hosts, metricRelabelConfigs: smaller });
    for (const each of [whole, reduced]) await each.queryUntil("sum(up) == 2");
  });
  afterAll(async () => {
    await Promise.all([whole?.close(), reduced?.close()]);
    await Promise.all((apps ?? []).map((each) => each.stop()));
  });

  /** How many samples each app has after relabelling, which Prometheus counts itself. */
  async function seriesIn(prometheus: RunningPrometheus): Promise<[one: number, three: number]> {
    const of = async (host = "") =>
      (await valuesOf(prometheus, `scrape_samples_post_metric_relabeling{instance="${host}"}`))[0] ?? 0;
    return [await of(hosts[0]), await of(hosts[1])];
  }

  it.each([
    ["series", () => whole],
    ["series of the smaller set", () => reduced],
  ])("its %s", async (row, prometheus) => {
    const [one, three] = await seriesIn(prometheus());
    process.stdout.write(`${row}: ${one} with 1 model, ${three} with 3, ${(three - one) / 2} for each further one\n`);
    const told = figuresOf(row);
    expectNear(one, told[0]);
    expectNear(three, told[1]);
    expectNear((three - one) / 2, told[2]);
  });

  it("the bytes of a scrape", async () => {
    const bytesOf = async (host: string) => (await (await fetch(`http://${host}/metrics`)).arrayBuffer()).byteLength;
    const [one = 0, three = 0] = await Promise.all(hosts.map(bytesOf));
    process.stdout.write(`bytes: ${one} with 1 model, ${three} with 3, ${(three - one) / 2} for each further one\n`);
    const told = figuresOf("bytes of a scrape");
    expectNear(one, told[0]);
    expectNear(three, told[1]);
    expectNear((three - one) / 2, told[2]);
  });

  it("and what the smaller set drops is there without it, and not with it", async () => {
    for (const metric of ["genai_app_http_request_duration_seconds_bucket", "genai_app_client_web_vital_seconds_sum"]) {
      expect((await valuesOf(whole, metric)).length).toBeGreaterThan(0);
      expect(await valuesOf(reduced, metric)).toEqual([]);
    }
    const fine = 'genai_app_first_token_latency_seconds_bucket{le="0.01"}';
    expect((await valuesOf(whole, fine)).length).toBe(4);
    expect(await valuesOf(reduced, fine)).toEqual([]);
    const quantile = "count(histogram_quantile(0.95, genai_app_first_token_latency_seconds_bucket))";
    expect(await valuesOf(reduced, quantile)).toEqual([4]);
  });
});

describeWithTool("prometheus", "a store elsewhere, of two replicas, as docs/guide/growing.md sets it up", () => {
  const app = fileURLToPath(new URL("test-support/app-with-models.ts", import.meta.url));
  const labels: Readonly<Record<string, string>> = snippetWith("external_labels").global.external_labels;
  const [sent] = snippetWith("remote_write").remote_write;
  let apps: RunningProcess[];
  let store: RunningPrometheus;
  let replicas: RunningPrometheus[];

  beforeAll(async () => {
    apps = await Promise.all([1, 3].map((count) => runNode(["--conditions=@aiwatch/source", app, `${count}`])));
    const lines = await Promise.all(apps.map((each) => each.waitForLine(/listening on (\d+)/, 120_000)));
    const hosts = lines.map(([, port]) => `127.0.0.1:${port}`);
    const targets = { chat: [...hosts, closedAddress] };
    store = await startPrometheus({ targets: [], isReceiver: true });
    replicas = await Promise.all(
      ["a", "b"].map((replica) =>
        startPrometheus({
          targets,
          scrapeIntervalMs: 1000,
          ruleFiles: [rulesFile],
          ignoresRuleIntervals: true,
          externalLabels: { ...labels, replica },
          remoteWrite: [{ ...sent, url: `${store.url}/api/v1/write` }],
        }),
      ),
    );
    // what the rules record of what they recorded comes later
    const both = (series: string) => `count(count by (replica) (${series})) == 2`;
    const isThere = async (series: string) => (await valuesOf(store, both(series))).length > 0;
    while (!(await isThere("aiwatch:slo_burn:ratio3d"))) {
      for (const host of hosts) await (await fetch(`http://${host}/chat/model-1`, { method: "POST" })).arrayBuffer();
      await sleep(500);
    }
    for (const series of ["job:genai_app_processes:count", "job_instance:genai_app_processes:last_shown", "up"])
      await store.queryUntil(both(series));
  }, 240_000);
  afterAll(async () => {
    await Promise.all([store, ...(replicas ?? [])].map((each) => each?.close()));
    await Promise.all((apps ?? []).map((each) => each.stop()));
  });

  const tilesOf = (name: DashboardName) =>
    queriesOf(name).filter(({ panelType, instant }) => instant && ["stat", "gauge"].includes(panelType));

  it("the store has no process's own series, and what was recorded twice", async () => {
    expect(await valuesOf(store, 'count({__name__=~"genai_app_.+"})')).toEqual([]);
    expect(await valuesOf(store, "count(job:genai_app_processes:count)")).toEqual([2]);
  });

  it("the first screen counts each process once, and says who is away", async () => {
    const tile = (title: string) => tilesOf("aiwatch-fleet").find(({ panel }) => panel === title)?.promql ?? "";
    for (const prometheus of [store, ...replicas]) {
      expect(await valuesOf(prometheus, tile("Processes"))).toEqual([2]);
      expect(await valuesOf(prometheus, tile("Unreachable"))).toEqual([1]);
    }
  });

  it.each(["aiwatch-fleet", "aiwatch-slo", "llm-dashboard"] as const)(
    "each tile of %s says what a replica says, or nothing",
    async (name) => {
      const rounded = (values: readonly number[]) => values.toSorted().map((value) => expect.closeTo(value, 1));
      const said: string[] = [];
      for (const { panel, promql } of tilesOf(name)) {
        if ((await valuesOf(store, promql)).length === 0) continue;
        said.push(panel);
        // asked a moment apart: while a scrape is on its way to the store they differ, and means of minutes move with the moment; each replica scrapes
        // at moments of its own, and one may have seen a stall that the other has not
        await vi.waitFor(async () => {
          const ask = (prometheus: RunningPrometheus) => valuesOf(prometheus, promql);
          const [inStore, ...inReplicas] = await Promise.all([ask(store), ...replicas.map(ask)]);
          expect(
            inReplicas.map((values) => values.toSorted()),
            panel,
          ).toContainEqual(rounded(inStore));
        });
      }
      expect(said).toContain(name === "aiwatch-slo" ? "Has to be good" : "Unreachable");
    },
  );

  it("no query of a board ends in an error there", async () => {
    for (const name of dashboardNames)
      for (const { promql } of queriesOf(name)) await expect(store.query(promql), promql).resolves.toBeDefined();
  }, 60_000);

  it("its variables name the job and the cluster, and a store that has nothing has no 0", async () => {
    const connected = await connectPrometheus({ url: store.url });
    const { templating } = readDashboard("llm-dashboard");
    const values = async (variable: string, { list } = templating) => {
      const query = list.find(({ name }) => name === variable)?.query ?? "";
      const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
      return connected.labelValues(label, substitute(selector, {}));
    };
    expect([await values("job"), await values("cluster"), await values("namespace")]).toEqual([
      ["chat"],
      [labels["cluster"]],
      [],
    ]);
    // of the boards that read what the rules record
    for (const name of ["aiwatch-fleet", "aiwatch-slo"] as const)
      expect(await values("model", readDashboard(name).templating), name).toEqual(["model-1", "model-2", "model-3"]);
    const elsewhere = queriesOf("llm-dashboard", { job: "none" }).filter(({ panel }) => panel === "Unreachable");
    for (const { promql } of elsewhere) expect(await valuesOf(store, promql)).toEqual([]);
    expect(elsewhere).toHaveLength(1);
  });
});

describe("the smaller set", () => {
  const drops = (metric: string, le: string) =>
    smaller.some(({ source_labels, regex }) =>
      new RegExp(`^(?:${regex})$`).test(source_labels.length === 1 ? metric : `${metric};${le}`),
    );

  it("drops nothing that a rule reads", () => {
    const rules = JSON.stringify(rulesFor());
    const read = [...new Set(rules.match(/\bgenai_app_\w+/g))];
    expect(read.length).toBeGreaterThan(20);
    expect(read.filter((metric) => drops(metric, "2.0"))).toEqual([]);
  });

  it("keeps each bound of an objective, the last bucket, and each sum and count", () => {
    for (const le of ["0.1", "0.5", "1.0", "2.0", "2", "+Inf"]) {
      expect(drops("genai_app_request_first_token_seconds_bucket", le)).toBe(false);
    }
    for (const { name } of Object.values(catalogue).filter(
      ({ type, name }) => type === "histogram" && !name.includes("web_vital"),
    )) {
      expect([drops(`${name}_sum`, ""), drops(`${name}_count`, "")], name).toEqual([false, false]);
    }
  });
});

describeWithTool("prometheus", "Prometheus accepts the page's configurations", () => {
  it.each(snippets.map((text) => [text.split("\n")[0], text]))("%s", async (_first, text) => {
    expect(await checkConfig(promtool, parse(text))).toMatchObject({ code: 0 });
  });

  it("and refuses another", async () => {
    expect(await checkConfig(promtool, { remote_write: [{ uri: "http://store.internal" }] })).toMatchObject({
      code: 1,
    });
  });
});
