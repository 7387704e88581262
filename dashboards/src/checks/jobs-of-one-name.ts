import { surroundings } from "../promql/select.ts";
import { recorded } from "../rules/recorded.ts";
import type { Prometheus } from "../servers/prometheus.ts";
import { listed, presence } from "./why-empty.ts";

/**
 * Jobs of which several namespaces or clusters have one, where the rules that are loaded record them as one job.
 *
 * @returns a hint for each job, in words with what to do
 */
export async function jobsOfOneName(prometheus: Prometheus): Promise<string[]> {
  const hints: string[] = [];
  for (const job of (await prometheus.labelValues("job", recorded.processes.name)).sort()) {
    const lost: string[] = [];
    for (const label of surroundings) if (await isLost(label, job, prometheus)) lost.push(label);
    if (lost.length > 0) hints.push(await hintOf(job, lost, prometheus));
  }
  return hints;
}

/** Whether the job's processes have several values of the label, and what the rules count of them has none. */
async function isLost(label: string, job: string, prometheus: Prometheus): Promise<boolean> {
  const ofJob = `job=${JSON.stringify(job)}`;
  const values = await prometheus.count(`count by (${label}) (${presence}{${ofJob}, ${label}!=""})`);
  return values > 1 && (await prometheus.count(`${recorded.processes.name}{${ofJob}, ${label}=""}`)) > 0;
}

async function hintOf(job: string, labels: readonly string[], prometheus: Prometheus): Promise<string> {
  const selector = `${presence}{job=${JSON.stringify(job)}}`;
  const values = labels.map(
    async (label) => `${label} ${listed((await prometheus.labelValues(label, selector)).sort())}`,
  );
  const where = (await Promise.all(values)).join(" and ");
  return `job "${job}" is in ${where}, and the rules take them for one: make them anew with rules --by ${labels.join(",")}`;
}
