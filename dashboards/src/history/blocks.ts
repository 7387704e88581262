import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { promtool } from "@aiwatch/testkit";
import { type FleetPlan, fleetOf } from "./fleet.ts";
import { ProcessHistory } from "./process-history.ts";

export interface MadeHistory {
  readonly series: number;
  readonly samples: number;
  /** Of the text. */
  readonly bytes: number;
}

/**
 * A fleet's history as OpenMetrics text, a chunk for each process and scrape. The scrapes come one after the other, so that only what
 * the processes are at one moment is ever in memory.
 */
export function* historyText(plan: FleetPlan): Generator<string> {
  const histories = fleetOf(plan).map((process, index) => new ProcessHistory(process, plan, index + 1));
  for (let time = plan.from; time <= plan.to; time += plan.step) {
    for (const history of histories) yield history.scrapeAt(time);
  }
  yield "# EOF\n";
}

/** Writes a fleet's history as blocks that a Prometheus serves. Prometheus' own tool makes them, from a text that is removed again. */
export async function makeBlocks(plan: FleetPlan, data: string): Promise<MadeHistory> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-history-"));
  try {
    const file = join(folder, "history.txt");
    const figures = await writeText(plan, file);
    const { code, stderr } = await promtool(["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data]);
    if (code !== 0) throw new Error(`promtool made no blocks of the history: ${stderr.trim()}`);
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeText(plan: FleetPlan, file: string): Promise<MadeHistory> {
  const stream = createWriteStream(file);
  let [samples, bytes] = [0, 0];
  for (const chunk of historyText(plan)) {
    bytes += chunk.length;
    for (let at = chunk.indexOf("\n"); at !== -1; at = chunk.indexOf("\n", at + 1)) samples += 1;
    if (!stream.write(chunk)) await once(stream, "drain");
  }
  stream.end();
  await finished(stream);
  const [first] = fleetOf(plan);
  const series = first === undefined ? 0 : new ProcessHistory(first, plan, 1).series * plan.processes;
  return { series, samples: samples - 1, bytes };
}
