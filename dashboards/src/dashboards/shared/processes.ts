import { catalogue, type GaugeRow } from "@aiwatch/core";
import { describe, type PanelBuilder } from "../../panels/panel.ts";
import { describeRecorded, notRecorded } from "../../panels/recorded.ts";
import { processLines, topCount, topProcesses } from "../../panels/top.ts";
import { unitOf } from "../../panels/units.ts";
import { outside } from "../../promql/outside-series.ts";
import { inEach, isShared, ours } from "../../promql/over-processes.ts";
import { topQuantile } from "../../promql/recorded-queries.ts";
import { ofProcess } from "../../promql/select.ts";
import { overall } from "../../promql/top.ts";
import { recorded } from "../../rules/recorded.ts";

const { activeRequests, eventLoopDelay } = catalogue;

/** What the panels of prom-client's metrics say where there are none. */
export const noDefaults = "Only where the app calls prom-client's collectDefaultMetrics()";

export const ten = "The ten processes that have most of it in the visible time, whatever the number of processes.";

interface OutliersSpec {
  readonly title: string;
  readonly row: GaugeRow;
  readonly sentence: string;
  /** By what of the visible time the ten are chosen. */
  readonly by: "mean" | "peak";
  readonly noValue: string;
  readonly width: number;
}

/** A gauge in the ten processes that have most of it. */
export function outliers({ title, row, sentence, by, noValue, width }: OutliersSpec): PanelBuilder {
  const rank = overall(row, by === "mean" ? "avg_over_time" : "max_over_time", ...ofProcess);
  return topProcesses({
    title,
    description: describe(`${sentence} ${ten}`, row, ...(isShared(row) ? [activeRequests] : [])),
    unit: unitOf(row),
    lines: inEach(row),
    rank: isShared(row) ? ours(rank) : rank,
    noValue,
    width,
  });
}

export const slowestLoops = (width: number) =>
  processLines({
    title: "Slowest event loops",
    description: describeRecorded(
      `How late 99 % of a process's timers at most fired while inferences ran. Below 50 ms is good; above that readers see stutter, and above 500 ms an alert fires. ${ten}`,
      [recorded.eventLoopDelayBuckets],
      eventLoopDelay,
    ),
    unit: unitOf(eventLoopDelay),
    lines: topQuantile(topCount, 0.99, recorded.eventLoopDelayBuckets),
    noValue: notRecorded,
    width,
  });

export const largestMemory = (width: number) =>
  outliers({
    title: "Largest memory",
    row: outside.processMemory,
    sentence:
      "Memory that a process takes. It settles once the models are loaded and the contexts were full; a line that goes on rising is a leak.",
    by: "peak",
    noValue: noDefaults,
    width,
  });
