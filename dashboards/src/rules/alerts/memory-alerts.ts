import { outside } from "../../promql/outside-series.ts";
import { recorded } from "../recorded.ts";
import type { Alert } from "../rule.ts";

const { name: memory } = recorded.memoryPeak;
/** The newest sample: vmalert has not yet written that of this look, and the one before is as old as an instant looks back. */
const now = `last_over_time(${memory}[10m])`;
const started = `min by (job, instance) (${outside.processStart.name})`;
const daySeconds = 24 * 3600;

/** Between two samples of what is recorded, and between two looks at it: slopes of hours need no more, and each look reads two days of it. */
export const memoryIntervalSeconds = 300;

/**
 * A process whose memory rose from each of four windows to the next, and is a fifth and 100 MB above what it reached in the day before the last
 * three. The weights of a model, which are mapped and become resident as they are read, make one step between two windows, and another one when
 * the kernel took them back and they are read again. The first hour, in which a process loads all that it has, is not looked at.
 *
 * Of that day, as far as the process lived in it, four fifths have to be recorded: of less it cannot be said that it is like no time before.
 */
function keepsRising(hours: number): string {
  const ago = (windows: number) => (windows === 0 ? "" : ` offset ${windows * hours}h`);
  const peak = (windows: number) => `max_over_time(${memory}[${hours}h]${ago(windows)})`;
  const dayBefore = `${memory}[1d]${ago(3)}`;
  const before = `max_over_time(${dayBefore})`;
  const age = `time() - ${started}`;
  return [
    `${now} > 1.2 * ${before}`,
    `and ${now} - 1e8 > ${before}`,
    ...[0, 1, 2].map((windows) => `and ${peak(windows)} > 1.03 * ${peak(windows + 1)}`),
    `and on (job, instance) ${age} > ${(4 * hours + 1) * 3600}`,
    `and on (job, instance) count_over_time(${dayBefore}) * ${memoryIntervalSeconds} >= 0.8 * clamp_max(${age} - ${3 * hours * 3600}, ${daySeconds})`,
  ].join("\n");
}

export const memoryAlerts: readonly Alert[] = [
  {
    name: "AIWatchMemoryGrows",
    severity: "warning",
    expr: `${keepsRising(2)}\nor\n${keepsRising(8)}`,
    for: "15m",
    summary:
      "{{ $labels.instance }} of {{ $labels.job }} takes {{ $value | humanize1024 }}B, a fifth more than ever before, and rose all the time",
    description:
      "A leak, or sessions that are never disposed: a model that is loaded makes one step and no slope. Only of processes that are up for nine hours. Needs prom-client's collectDefaultMetrics().",
  },
];
