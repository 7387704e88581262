import type { OfProcesses } from "../promql/over-processes.ts";
import { ofTop } from "../promql/top.ts";
import { type TimeSeriesSpec, timeSeries } from "./charts.ts";
import { toDashboard } from "./links.ts";
import type { PanelBuilder } from "./panel.ts";

/** So many lines can be told apart, and so many are sent, however many processes there are. */
export const topCount = 10;

/** Below the lines there is room for the names of ten processes, of which a narrow panel has two in a line. */
export const topHeight = 10;
export const narrowTopHeight = 11;
const narrow = 6;

interface LinesSpec extends Omit<TimeSeriesSpec, "queries" | "stacked"> {
  readonly lines: OfProcesses;
}

/** A line for each process that the query chose. A click leads to the process. */
export const processLines = ({ lines, ...spec }: LinesSpec): PanelBuilder =>
  timeSeries({
    height: spec.width > narrow ? topHeight : narrowTopHeight,
    ...spec,
    queries: [{ vector: lines, legend: "{{instance}}" }],
    links: [toDashboard("llm-dashboard", "This process", "instance")],
  });

interface TopSpec extends LinesSpec {
  /** By which the processes are chosen, over the whole visible time. */
  readonly rank: OfProcesses;
}

/** The lines of the ten processes that stand out. */
export const topProcesses = ({ lines, rank, ...spec }: TopSpec): PanelBuilder =>
  processLines({ ...spec, lines: ofTop(topCount, lines, rank) });
