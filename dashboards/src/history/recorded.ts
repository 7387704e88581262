import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promtool } from "@aiwatch/testkit";
import { parse } from "yaml";
import { type AlertRule, httpApi } from "../pictures/http-api.ts";
import { ruleFiles, servePrometheus } from "../pictures/prometheus.ts";
import type { FleetPlan } from "./fleet.ts";

/**
 * Adds what the shipped rules would have left over a history, by Prometheus' own tool: recorded series first, then `ALERTS`. Rules that read
 * what others record find nothing in the first pass, so it goes on as long as a pass brings series of new names. Does nothing where there
 * are no rules.
 *
 * @param rules their files. @default the shipped ones
 */
export async function addRecordedSeries(data: string, plan: FleetPlan, rules?: readonly string[]): Promise<void> {
  const files = rules ?? (await ruleFiles());
  if (files.length === 0) return;
  let known = -1;
  for (;;) {
    const names = await served(data, plan, (url) => recordedNames(url, plan));
    if (names === known) break;
    known = names;
    await served(data, plan, (url) => recordAll(url, data, plan, files));
  }
  await addAlerts(data, plan, files);
}

async function served<T>(
  data: string,
  { step }: FleetPlan,
  work: (url: string) => Promise<T>,
  rules: readonly string[] = [],
) {
  const prometheus = await servePrometheus({ scrape: step, data, rules });
  try {
    return await work(prometheus.url);
  } finally {
    await prometheus.close();
  }
}

/** How many names recorded series have. */
async function recordedNames(url: string, { from, to }: FleetPlan): Promise<number> {
  const names = `count(count by (__name__) (last_over_time({__name__=~".+:.+"}[${to - from}s])))`;
  const [answer] = await httpApi(url).instant(`${names} or vector(0)`, to);
  return Number(answer?.samples[0]?.[1]);
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly record?: string; readonly expr: string }[] }[];
}

/**
 * Times 1, so that no series of an answer has a name. Where one alternative of a query has its name and another none, and they take turns, the tool
 * writes both as one series, the later of them first.
 */
function nameless(text: string): Rules {
  const { groups } = parse(text) as Rules;
  const recording = (rules: Rules["groups"][number]["rules"]) => rules.filter((rule) => rule.record !== undefined);
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: recording(group.rules).map((rule) => ({ ...rule, expr: `(${rule.expr}) * 1` })),
    })),
  };
}

/** The recording rules of some files. */
async function recordAll(url: string, data: string, plan: FleetPlan, files: readonly string[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-rules-of-history-"));
  try {
    const copies = files.map((_, index) => join(folder, `${index}.json`));
    for (const [index, file] of files.entries())
      await writeFile(copies[index] ?? "", JSON.stringify(nameless(await readFile(file, "utf8"))));
    await record(url, data, plan, copies);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function record(
  url: string,
  data: string,
  { from, to, step }: FleetPlan,
  files: readonly string[],
): Promise<void> {
  const span = ["--start", String(from), "--end", String(to), "--eval-interval", `${step}s`];
  const blocks = ["tsdb", "create-blocks-from", "rules", "--url", url, "--output-dir", data];
  const { code, stderr } = await promtool([...blocks, ...span, ...files]);
  if (code !== 0) throw new Error(`promtool recorded nothing of the history: ${stderr.trim()}`);
}

/** The tool leaves alerting rules out, so each is made a recording one, whose name is that under which Prometheus itself keeps alerts. */
async function addAlerts(data: string, plan: FleetPlan, files: readonly string[]): Promise<void> {
  const alerts = await served(data, plan, (url) => httpApi(url).alertRules(), files);
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-alerts-"));
  try {
    const file = join(folder, "alerts.json");
    await served(data, plan, async (url) => {
      const rules = await answering(
        alerts.map((rule) => asRecording(rule, plan.step)),
        url,
        plan,
      );
      await writeFile(file, JSON.stringify({ groups: [{ name: "alerts", rules }] }));
      await record(url, data, plan, [file]);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Recording = ReturnType<typeof asRecording>;

/** Without those that Prometheus cannot evaluate over this history: it says which and why. */
async function answering(
  rules: readonly Recording[],
  url: string,
  { from, to, step }: FleetPlan,
): Promise<Recording[]> {
  const api = httpApi(url);
  const kept: Recording[] = [];
  for (const rule of rules) {
    try {
      await api.range(rule.expr, { from, to }, step);
      kept.push(rule);
    } catch (error) {
      process.stderr.write(`no history of the alert ${rule.labels.alertname}: ${String(error)}\n`);
    }
  }
  return kept;
}

/** Firing where it held at every evaluation for as long as it has to hold. */
function asRecording({ name, query, duration = 0, labels }: AlertRule, step: number) {
  const evaluations = Math.floor(duration / step) + 1;
  // times 1, so that a series has no name: an alternative of the query may have taken over from another
  const lasting = `count_over_time(((${query}) * 1)[${evaluations * step}s:${step}s]) >= ${evaluations}`;
  return {
    record: "ALERTS",
    expr: `(${lasting}) * 0 + 1`,
    labels: { ...labels, alertname: name, alertstate: "firing" },
  };
}
