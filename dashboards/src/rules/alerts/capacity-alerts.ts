import { recorded } from "../recorded.ts";
import { type Alert, promql } from "../rule.ts";
import { allDown, isOurs, ourUp } from "./our-jobs.ts";

const processes = recorded.processes.name;

/** A job of which some or all processes are missing, although not all of its targets are down. */
export const capacityAlerts: readonly Alert[] = [
  {
    name: "AIWatchJobDegraded",
    severity: "critical",
    // with none up the job is down, which is another alert: one up of half or fewer are at least two targets
    expr: promql`
      sum by (job) (${ourUp}) / count by (job) (${ourUp}) <= 0.5
      and sum by (job) (${ourUp}) > 0
      and on (job) ${isOurs}`,
    for: "5m",
    summary: "{{ $labels.job }}: {{ $value | humanizePercentage }} of the processes are left",
    description: "Half of the targets or more are down. The others have all the traffic, if they can take it.",
  },
  {
    name: "AIWatchJobGone",
    severity: "critical",
    // metrics that come by another way than a scrape have no `up`
    expr: promql`
      group by (job) (present_over_time(${processes}[1h]))
      unless on (job) ${processes}
      unless on (job) (up and on (job, instance) ${recorded.lastShown.name} > 0)
      unless on (job) ${allDown}`,
    for: "5m",
    summary: "{{ $labels.job }} has no process any more",
    description:
      "It served AIWatch's metrics within the last hour, and Prometheus now has no target that did: none is scheduled, discovery has lost them, or all run a release without AIWatch.",
  },
];
