import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWithTool, needTool, promtool, runToEnd } from "@aiwatch/testkit";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { evaluateAt } from "./test-support/rule-files.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFile(root + path, "utf8");

/** A copy of a file with one thing changed in it. */
async function changed(path: string, from: string, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-stack-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = await read(path);
  expect(text).toContain(from);
  const copy = join(folder, "changed.yml");
  await writeFile(copy, text.replace(from, to));
  return copy;
}

describeWithTool("prometheus", "promtool", () => {
  it.each(["prometheus.yml", "prometheus.demo.yml"])("accepts %s, and the rules that it names", async (file) => {
    const { code, stdout, stderr } = await promtool(["check", "config", `${root}prometheus/${file}`]);
    expect(code, stderr).toBe(0);
    const { groups } = parse(await read("prometheus/rules/aiwatch.rules.yaml")) as { groups: { rules: object[] }[] };
    expect(stdout).toContain(`${groups.flatMap(({ rules }) => rules).length} rules found`);
  });

  it("refuses a word that Prometheus does not know", async () => {
    const wrong = await changed("prometheus/prometheus.yml", "rule_files:", "rule_file:");
    expect(await promtool(["check", "config", wrong])).toMatchObject({ code: 1 });
  });
});

describeWithTool("prometheus", "the autoscaler's query", async () => {
  const { spec } = parse(await read("kubernetes/autoscaling/scaledobject.yaml"));
  const { query } = spec.triggers[0].metadata as { query: string };
  const of = (metric: string, instance: string) => `genai_app_${metric}{job="chat", instance="${instance}"}`;
  const judge = (input_series: { series: string; values: string }[], exp_samples: object[]) =>
    evaluateAt(promtool, "1m", query, input_series, exp_samples);

  const up = (instance: string, values: string) => ({ series: `up{job="chat", instance="${instance}"}`, values });
  const bothUp = [up("a", "1x10"), up("b", "1x10")];

  it("is the readers who wait or are answered, of all processes, before there is a model too", async () => {
    const waiting = [
      ...bothUp,
      { series: of("admission_waiting", "a"), values: "3x10" },
      { series: of("admission_waiting", "b"), values: "1x10" },
    ];
    const inferences = [
      { series: of("active_inferences", "a"), values: "2x10" },
      { series: of("queued_inferences", "b"), values: "1x10" },
    ];
    expect(await judge(waiting, [{ labels: "{}", value: 4 }])).toMatchObject({ code: 0 });
    expect(await judge([...waiting, ...inferences], [{ labels: "{}", value: 7 }])).toMatchObject({ code: 0 });
    expect(await judge([...waiting, ...inferences], [{ labels: "{}", value: 6 }])).toMatchObject({ code: 1 });
  });

  /** Two replicas with five readers each, of which the second one ends at half a minute. */
  const readers = (second: string) => [
    { series: of("admission_waiting", "a"), values: "2x10" },
    { series: of("queued_inferences", "a"), values: "1x10" },
    { series: of("active_inferences", "a"), values: "2x10" },
    { series: of("admission_waiting", "b"), values: `2x5 ${second}` },
    { series: of("queued_inferences", "b"), values: `1x5 ${second}` },
    { series: of("active_inferences", "b"), values: `2x5 ${second}` },
  ];

  it.each([
    ["goes on with what a replica told last while its scrape fails", up("b", "1x5 0x10"), 10],
    ["leaves out a replica that was taken away", up("b", "1x5 stale"), 5],
    ["leaves out a model that a replica unloaded", up("b", "1x15"), 5],
  ])("%s", async (_, second, value) => {
    const series = [up("a", "1x15"), second, ...readers("stale")];
    const judged = await judge(series, [{ labels: "{}", value }]);
    expect(judged.code, judged.stderr).toBe(0);
  });

  it("does not grow by replicas that start: they would call for more of them", async () => {
    const starting = [up("c", "0x15"), up("d", "0x15")];
    const series = [up("a", "1x15"), up("b", "1x15"), ...starting, ...readers("2x10")];
    expect(await judge(series, [{ labels: "{}", value: 11 }])).toMatchObject({ code: 0 });
  });

  it("has no value where nobody is scraped, or no replica answers: KEDA falls back, and does not scale down", async () => {
    expect(await judge([], [])).toMatchObject({ code: 0 });
    const noneUp = [up("a", "1x5 0x10"), up("b", "1x5 0x10"), ...readers("stale")];
    expect(await judge(noneUp, [])).toMatchObject({ code: 0 });
  });
});

type Annotations = Readonly<Record<string, string>>;

interface Alert {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Annotations;
}

/** What of the first is in all. */
function common(all: readonly Annotations[]): Annotations {
  const [first = {}] = all;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => all.every((one) => one[name] === value)));
}

/** What Alertmanager hands a receiver's templates of a group. */
function dataOf(alerts: readonly Alert[], groupBy: readonly string[]) {
  const commonLabels = common(alerts.map(({ labels }) => labels));
  return {
    receiver: "team",
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    alerts,
    groupLabels: Object.fromEntries(Object.entries(commonLabels).filter(([name]) => groupBy.includes(name))),
    commonLabels,
    commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
  };
}

describeWithTool("alertmanager", "amtool", async () => {
  const amtool = async (...args: string[]) => runToEnd((await needTool("alertmanager")).amtool, args);
  const config = `${root}alertmanager/alertmanager.yml`;
  const receiverOf = async (...labels: string[]) =>
    (await amtool("config", "routes", "test", `--config.file=${config}`, ...labels)).stdout.trim();

  it("accepts the routes and the inhibition", async () => {
    const { code, stdout, stderr } = await amtool("check-config", config);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("3 inhibit rules");
    expect(stdout).toContain("3 receivers");
  });

  it("sends what is critical to the pager, what always fires to the watchdog, and all else to the team", async () => {
    expect(await receiverOf("alertname=AIWatchJobDown", "severity=critical")).toBe("pager");
    expect(await receiverOf("alertname=AIWatchTargetDown", "severity=warning")).toBe("team");
    expect(await receiverOf("alertname=Other")).toBe("team");
    expect(await receiverOf("alertname=WatchdogOfAIWatch", "severity=none")).toBe("watchdog");
  });

  /** The file with the receivers that are comments in it. */
  async function withReceivers(): Promise<string> {
    const text = await read("alertmanager/alertmanager.yml");
    const [head = "", receivers = ""] = text.split(/^receivers:$/m);
    return `${head}receivers:${receivers.replaceAll(/^ {4}# /gm, "    ")}`;
  }

  it("accepts the receivers that are comments in it, whose keys are files below secrets", async () => {
    const meant = await withReceivers();
    const { watchdog, team, pager } = Object.fromEntries(
      (parse(meant) as { receivers: { name: string }[] }).receivers.map((receiver) => [receiver.name, receiver]),
    );
    for (const receiver of [watchdog, team, pager]) expect(Object.keys(receiver ?? {}).length).toBeGreaterThan(1);
    const files = [...meant.matchAll(/_file: (\S+)/g)].map(([, file]) => file);
    expect(files).toHaveLength(2);
    for (const file of files) expect(file).toMatch(/^\/etc\/alertmanager\/secrets\//);
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-stack-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "meant.yml"), meant);
    const { code, stderr } = await amtool("check-config", join(folder, "meant.yml"));
    expect(code, stderr).toBe(0);
  });

  const runbook_url = "https://runbooks.example/AIWatchTargetDown.md";
  const alertOf = (instance: string, status: "firing" | "resolved", more: Annotations = {}) => ({
    status,
    labels: { alertname: "AIWatchTargetDown", namespace: "prod", job: "chat", severity: "warning", instance },
    annotations: { summary: `${instance} of prod/chat is down`, description: "One of several.", runbook_url, ...more },
  });

  it.each([
    [
      "one alert",
      [alertOf("a:1", "firing")],
      "AIWatchTargetDown chat prod (1 firing)",
      [`a:1 of prod/chat is down <${runbook_url}|runbook>`, "One of several."],
    ],
    [
      "two, each with its name",
      [alertOf("a:1", "firing"), alertOf("b:1", "firing", { dashboard_url: "https://grafana.example/d/x?a=1" })],
      "AIWatchTargetDown chat prod (2 firing)",
      [
        `a:1 of prod/chat is down <${runbook_url}|runbook>`,
        `b:1 of prod/chat is down <${runbook_url}|runbook> <https://grafana.example/d/x?a=1|dashboard>`,
        "One of several.",
      ],
    ],
    [
      "one that fires beside one that ended",
      [alertOf("a:1", "resolved"), alertOf("b:1", "firing")],
      "AIWatchTargetDown chat prod (1 firing)",
      [
        `resolved: a:1 of prod/chat is down <${runbook_url}|runbook>`,
        `b:1 of prod/chat is down <${runbook_url}|runbook>`,
        "One of several.",
      ],
    ],
    [
      "the end of all",
      [alertOf("a:1", "resolved"), alertOf("b:1", "resolved")],
      "AIWatchTargetDown chat prod (resolved)",
      [
        `resolved: a:1 of prod/chat is down <${runbook_url}|runbook>`,
        `resolved: b:1 of prod/chat is down <${runbook_url}|runbook>`,
        "One of several.",
      ],
    ],
  ] as const)("writes to Slack of %s", async (_, alerts, title, lines) => {
    const { route, receivers } = parse(await withReceivers());
    const [{ slack_configs }] = receivers;
    const [slack] = slack_configs;
    const data = dataOf(alerts, route.group_by);
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-stack-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, "data.json"), JSON.stringify(data));
    const rendered = async (text: string) => {
      const args = ["--template.glob=/dev/null", `--template.data=${join(folder, "data.json")}`];
      const { code, stdout, stderr } = await amtool("template", "render", ...args, `--template.text=${text}`);
      expect(code, stderr).toBe(0);
      return stdout.trimEnd();
    };
    expect(await rendered(slack.title)).toBe(title);
    expect((await rendered(slack.text)).split("\n")).toEqual(lines);
  });

  it("refuses a receiver that is not there", async () => {
    const wrong = await changed("alertmanager/alertmanager.yml", "receiver: pager", "receiver: pagers");
    expect(await amtool("check-config", wrong)).toMatchObject({ code: 1 });
  });
});
