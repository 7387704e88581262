import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type FinishedProcess, type RunningProcess, runToEnd, startProcess } from "../process/running-process.ts";
import { needTool } from "../tools/fetch-tool.ts";
import { type PrometheusApi, prometheusApi, type QueryResult } from "./prometheus-api.ts";

export interface PrometheusOptions {
  /** `host:port` or `http://host:port` of what is scraped, as one job or by the names of several. */
  readonly targets: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /** @default 200 */
  readonly scrapeIntervalMs?: number;
  /** The job of a list of targets. @default "app" */
  readonly jobName?: string;
  /** @default "/metrics" */
  readonly metricsPath?: string;
  /** Files of recording and alert rules, evaluated as often as targets are scraped, but for groups with an interval of their own. */
  readonly ruleFiles?: readonly string[];
  /** Whether those groups are evaluated as often, too: a test does not wait half a minute for what a rule records. @default false */
  readonly ignoresRuleIntervals?: boolean;
  /** What becomes of the samples before they are stored, in Prometheus's words: `metric_relabel_configs`. */
  readonly metricRelabelConfigs?: readonly object[];
  /** What it has of the past, as OpenMetrics text with times: lines of one series in their order, and `# EOF` at the end. */
  readonly history?: string;
  /** Labels of all that leaves this Prometheus. */
  readonly externalLabels?: Readonly<Record<string, string>>;
  /** Where its samples go, in Prometheus's words: `remote_write`. */
  readonly remoteWrite?: readonly object[];
  /** Whether it takes samples at `/api/v1/write`. @default false */
  readonly isReceiver?: boolean;
  /** What `--enable-feature` takes, for example "exemplar-storage". */
  readonly features?: readonly string[];
}

/** The configuration file. It is JSON, which Prometheus reads because it is YAML too. */
export function prometheusConfig(options: PrometheusOptions): string {
  const interval = `${options.scrapeIntervalMs ?? 200}ms`;
  return JSON.stringify({
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
      ...(options.externalLabels && { external_labels: options.externalLabels }),
    },
    ...(options.remoteWrite && { remote_write: options.remoteWrite }),
    rule_files: options.ruleFiles ?? [],
    scrape_configs: jobsOf(options).map(([job_name, targets]) => ({
      job_name,
      metrics_path: options.metricsPath ?? "/metrics",
      ...(options.metricRelabelConfigs && { metric_relabel_configs: options.metricRelabelConfigs }),
      static_configs: [{ targets: targets.map((target) => target.replace(/^http:\/\//, "")) }],
    })),
  });
}

function jobsOf({ targets, jobName = "app" }: PrometheusOptions): [job: string, targets: readonly string[]][] {
  return Array.isArray(targets) ? [[jobName, targets]] : Object.entries(targets);
}

/** Runs promtool; what it found is in the code and the outputs. Throws only when promtool cannot be had. */
export async function promtool(args: readonly string[], stdin = ""): Promise<FinishedProcess> {
  const tool = await needTool("prometheus");
  return await runToEnd(tool.promtool, args, { stdin });
}

export interface RunningPrometheus extends PrometheusApi {
  readonly url: string;
  /** What Prometheus logged, whole lines. */
  readonly log: readonly string[];
  /**
   * Asks until `holds` is true of the answer (default: it has at least one series) and resolves with it: a scrape
   * announces itself to nobody, and Prometheus begins the first one only after five seconds. Rejects after
   * `timeoutMs` (default 30,000) with the last answer and the targets.
   */
  queryUntil(
    promql: string,
    holds?: (answer: QueryResult) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<QueryResult>;
  /** Stops this Prometheus and removes its data. Calling it twice is harmless. */
  close(): Promise<void>;
}

const ASK_EVERY_MS = 50;

/** A real Prometheus on a port of the loopback that it chooses itself, with its data in a temporary folder. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const { prometheus } = await needTool("prometheus");
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-prometheus-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  let running: RunningProcess | undefined;
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (running?.stop() ?? Promise.resolve()).then(remove);
    return closed;
  };
  try {
    const ruleFiles = options.ignoresRuleIntervals ? await withoutIntervals(folder, options) : options.ruleFiles;
    await writeFile(join(folder, "prometheus.json"), prometheusConfig({ ...options, ...(ruleFiles && { ruleFiles }) }));
    if (options.history !== undefined) await writeHistory(folder, options.history);
    running = await startProcess(prometheus, flags(folder, options));
    const url = await readyUrl(running);
    const api = prometheusApi(url);
    return {
      ...api,
      url,
      log: running.stderr,
      queryUntil: (promql, holds = hasSeries, { timeoutMs = 30_000 } = {}) =>
        queryUntil(api, promql, holds, Date.now() + timeoutMs),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Copies of rule files in YAML. @throws where none of their groups has an interval */
async function withoutIntervals(folder: string, { ruleFiles = [] }: PrometheusOptions): Promise<string[]> {
  const copies = ruleFiles.map(async (file, index) => {
    const text = await readFile(file, "utf8");
    const rules = text.replaceAll(/^ +interval: .*\n/gm, "");
    if (rules === text) throw new Error(`no group has an interval of its own in ${file}`);
    const copy = join(folder, `rules-${index}.yaml`);
    await writeFile(copy, rules);
    return copy;
  });
  return await Promise.all(copies);
}

/** As blocks of the storage, which Prometheus finds when it starts. */
async function writeHistory(folder: string, openMetrics: string): Promise<void> {
  const file = join(folder, "history.txt");
  await writeFile(file, openMetrics);
  const made = await promtool(["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, dataOf(folder)]);
  if (made.code !== 0) throw new Error(`promtool makes no history of it: ${made.stderr.trim()}`);
}

const dataOf = (folder: string) => join(folder, "data");

function flags(folder: string, { features = [], isReceiver = false }: PrometheusOptions): string[] {
  return [
    `--config.file=${join(folder, "prometheus.json")}`,
    `--storage.tsdb.path=${dataOf(folder)}`,
    "--web.listen-address=127.0.0.1:0",
    ...(isReceiver ? ["--web.enable-remote-write-receiver"] : []),
    ...(features.length > 0 ? [`--enable-feature=${features.join(",")}`] : []),
  ];
}

/** Prometheus logs the address it got, and a line when it is ready: no port is guessed and nothing is polled. */
async function readyUrl(running: RunningProcess): Promise<string> {
  const listening = await running.waitForLine(/msg="Listening on" address=(127\.0\.0\.1:\d+)/, 30_000);
  await running.waitForLine(/Server is ready to receive web requests/, 30_000);
  const url = `http://${listening[1]}`;
  const ready = await fetch(`${url}/-/ready`);
  if (!ready.ok) throw new Error(`Prometheus says that it is ready and answers ${ready.status}`);
  return url;
}

async function queryUntil(
  api: PrometheusApi,
  promql: string,
  holds: (answer: QueryResult) => boolean,
  deadline: number,
): Promise<QueryResult> {
  for (;;) {
    const answer = await api.query(promql);
    if (holds(answer)) return answer;
    if (Date.now() > deadline) throw new Error(await inVain(api, promql, answer));
    await delay(ASK_EVERY_MS);
  }
}

async function inVain(api: PrometheusApi, promql: string, answer: QueryResult): Promise<string> {
  const targets = (await api.targets()).map(
    ({ scrapeUrl, health, lastError }) => `${scrapeUrl} ${health} ${lastError}`,
  );
  return `asked in vain: ${promql}\nlast answer: ${JSON.stringify(answer.result)}\ntargets: ${targets.join("; ")}`;
}

function hasSeries({ result }: QueryResult): boolean {
  return result.length > 0;
}
