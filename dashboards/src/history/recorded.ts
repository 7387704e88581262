import { promtool } from "@aiwatch/testkit";
import { httpApi } from "../pictures/http-api.ts";
import { ruleFiles, servePrometheus } from "../pictures/prometheus.ts";
import type { FleetPlan } from "./fleet.ts";

/**
 * Adds what the shipped recording rules would have recorded over a history, by Prometheus' own tool. Rules that read what others record find
 * nothing in the first pass, so it goes on as long as a pass brings series of new names. Does nothing where there are no rules.
 */
export async function addRecordedSeries(data: string, plan: FleetPlan): Promise<void> {
  const files = await ruleFiles();
  if (files.length === 0) return;
  for (let known = -1; ; ) {
    const names = await recordOnce(data, plan, files, known);
    if (names === known) return;
    known = names;
  }
}

/** Records, unless there are as many names of recorded series as before; resolves with how many there were at its begin. */
async function recordOnce(data: string, { from, to, step }: FleetPlan, files: readonly string[], known: number) {
  const prometheus = await servePrometheus({ scrape: step, data, rules: [] });
  try {
    const recorded = `count(count by (__name__) (last_over_time({__name__=~".+:.+"}[${to - from}s])))`;
    const [names] = await httpApi(prometheus.url).instant(`${recorded} or vector(0)`, to);
    const count = Number(names?.samples[0]?.[1]);
    if (count === known) return count;
    const span = ["--start", String(from), "--end", String(to), "--eval-interval", `${step}s`];
    const blocks = ["tsdb", "create-blocks-from", "rules", "--url", prometheus.url];
    const { code, stderr } = await promtool([...blocks, ...span, "--output-dir", data, ...files]);
    if (code !== 0) throw new Error(`promtool recorded nothing of the history: ${stderr.trim()}`);
    return count;
  } finally {
    await prometheus.close();
  }
}
