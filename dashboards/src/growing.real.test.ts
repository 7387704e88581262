import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { catalogue } from "@aiwatch/core";
import {
  describeWithTool,
  promtool,
  type RunningProcess,
  type RunningPrometheus,
  runNode,
  startPrometheus,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { rulesFor } from "./rules/index.ts";
import { valuesOf } from "./test-support/live-demo.ts";
import { checkConfig } from "./test-support/rule-files.ts";

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
