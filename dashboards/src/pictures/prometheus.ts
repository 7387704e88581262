import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needTool, startProcess } from "@aiwatch/testkit";

export interface PictureTarget {
  readonly host: string;
  readonly job: string;
}

export interface PrometheusSetting {
  /** What is scraped; a made history has none. */
  readonly targets?: readonly PictureTarget[];
  /** Seconds between two scrapes, and between two evaluations of the rules. */
  readonly scrape: number;
  /** A folder of blocks that is served, and not removed. */
  readonly data?: string;
  /** Files of rules. @default the shipped ones */
  readonly rules?: readonly string[];
}

export interface PicturePrometheus {
  readonly url: string;
  close(): Promise<void>;
}

const rulesFolder = fileURLToPath(new URL("../../prometheus/rules", import.meta.url));

/** The shipped rules, where they are. */
export async function ruleFiles(): Promise<string[]> {
  if (!existsSync(rulesFolder)) return [];
  const files = (await readdir(rulesFolder)).filter((file) => /\.ya?ml$/.test(file) && !/[._-]test\.ya?ml$/.test(file));
  return files.map((file) => join(rulesFolder, file));
}

/** A real Prometheus with the shipped rules, that keeps exemplars. The folder of its data goes with it, unless it was given. */
export async function servePrometheus(setting: PrometheusSetting): Promise<PicturePrometheus> {
  const { targets = [], scrape, data, rules = await ruleFiles() } = setting;
  const { prometheus } = await needTool("prometheus");
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-pictures-"));
  const storage = data ?? join(folder, "data");
  await mkdir(storage, { recursive: true });
  const config = join(folder, "prometheus.json");
  await writeFile(config, JSON.stringify(configuration(targets, scrape, rules)));
  const running = await startProcess(prometheus, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${storage}`,
    "--storage.tsdb.retention.time=90d",
    "--web.listen-address=127.0.0.1:0",
    "--enable-feature=exemplar-storage",
    // what promtool wrote has no marks of where a series ends
    ...(data === undefined ? [] : [`--query.lookback-delta=${Math.ceil(1.5 * scrape)}s`]),
  ]);
  const close = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [, address] = await running.waitForLine(/msg="Listening on" address=(127\.0\.0\.1:\d+)/, 60_000);
    await running.waitForLine(/Server is ready to receive web requests/, 120_000);
    return { url: `http://${address}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Of the app with tools, the models that overflow its cap are left out: fifty lines would hide the others. */
const withoutOverflow = [{ source_labels: ["model"], regex: String.raw`model-\d+-\d+`, action: "drop" }];

function configuration(targets: readonly PictureTarget[], scrape: number, rules: readonly string[]) {
  const interval = `${scrape}s`;
  const jobs = [...new Set(targets.map(({ job }) => job))];
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: rules,
    scrape_configs: jobs.map((job) => ({
      job_name: job,
      metrics_path: "/metrics",
      static_configs: [{ targets: targets.filter((target) => target.job === job).map(({ host }) => host) }],
      metric_relabel_configs: withoutOverflow,
    })),
  };
}
