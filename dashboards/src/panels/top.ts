import type { OfProcesses } from "../promql/over-processes.ts";
import { ofTop } from "../promql/top.ts";
import { type TimeSeriesSpec, timeSeries } from "./charts.ts";
import { toDashboard } from "./links.ts";
import type { PanelBuilder } from "./panel.ts";

/** So many lines can be told apart, and so many are sent, however many processes there are. */
export const topCount = 10;

interface TopSpec extends Omit<TimeSeriesSpec, "queries" | "stacked"> {
  readonly lines: OfProcesses;
  /** By which the processes are chosen, over the whole visible time. */
  readonly rank: OfProcesses;
}

/** The lines of the ten processes that stand out. A click leads to the process. */
export function topProcesses({ lines, rank, ...spec }: TopSpec): PanelBuilder {
  return timeSeries({
    ...spec,
    queries: [{ vector: ofTop(topCount, lines, rank), legend: "{{instance}}" }],
    links: [toDashboard("llm-dashboard", "This process", "instance")],
  });
}
