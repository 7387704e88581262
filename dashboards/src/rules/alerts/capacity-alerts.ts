import { recorded } from "../recorded.ts";
import { type Alert, promql } from "../rule.ts";
import { allDown, isOurs, ourUp } from "./our-jobs.ts";

const processes = recorded.processes.name;

const share = `sum by (job) (${ourUp}) / count by (job) (${ourUp})`;
/** What readers have of it when those that are left do not suffice. Each is a ticket by itself. */
const symptoms = [
  "AIWatchAdmissionBacklog",
  "AIWatchQueueBacklog",
  "AIWatchModelServerBacklog",
  "AIWatchReadersGiveUp",
  "AIWatchRefusingRequests",
];

/** A job of which some or all processes are missing, although not all of its targets are down. */
export const capacityAlerts: readonly Alert[] = [
  {
    name: "AIWatchJobDegraded",
    severity: "critical",
    // with none up the job is down, which is another alert
    expr: promql`
      (
        ${share} <= 0.5
        and on (job) ALERTS{alertname=~"${symptoms.join("|")}", alertstate="firing"}
        or
        ${share} <= 0.25
        and on (job) count by (job) (${ourUp}) >= 4
        and on (job) sum by (job) (${recorded.sloEvents.name}) > 0
      )
      and on (job) sum by (job) (${ourUp}) > 0
      and on (job) ${isOurs}`,
    for: "5m",
    summary: "{{ $labels.job }}: {{ $value | humanizePercentage }} of the processes are left, and readers are hurt",
    description:
      "Half of the targets or more are down and readers wait or are refused; or a quarter of four or more is left, and has readers.",
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
