import { promtool } from "@aiwatch/testkit";
import { ruleFiles, servePrometheus } from "../pictures/prometheus.ts";
import type { FleetPlan } from "./fleet.ts";

/** Adds what the shipped recording rules would have recorded over a history, by Prometheus' own tool. Does nothing where there are no rules. */
export async function addRecordedSeries(data: string, { from, to, step }: FleetPlan): Promise<void> {
  const files = await ruleFiles();
  if (files.length === 0) return;
  const prometheus = await servePrometheus({ scrape: step, data, rules: [] });
  try {
    // rules that read what others record need a second pass; one that reads those needs a third
    const span = ["--start", String(from), "--end", String(to), "--eval-interval", `${step}s`];
    const args = [
      "tsdb",
      "create-blocks-from",
      "rules",
      "--url",
      prometheus.url,
      ...span,
      "--output-dir",
      data,
      ...files,
    ];
    const { code, stderr } = await promtool(args);
    if (code !== 0) throw new Error(`promtool recorded nothing of the history: ${stderr.trim()}`);
  } finally {
    await prometheus.close();
  }
}
