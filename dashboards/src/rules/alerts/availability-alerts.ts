import { catalogue } from "@aiwatch/core";
import { recorded } from "../recorded.ts";
import { type Alert, promql, series } from "../rule.ts";
import { capacityAlerts } from "./capacity-alerts.ts";
import { allDown, isOurs, ourUp } from "./our-jobs.ts";

/** What fires already is still ours, however long it is down; an hour, so that Prometheus may be restarted meanwhile. */
const firesAlready = `present_over_time(ALERTS{alertname="AIWatchJobDown", alertstate="firing"}[1h])`;
const presence = series(catalogue.activeRequests).promql;
const serverUp = series(catalogue.modelServerUp).promql;
/** How many processes watch a server, and how many of them find it not ready. Beside each process there may be a server of its own, all by one name. */
const watching = `count by (job, server) (${serverUp})`;
const findDown = `count by (job, server) (${serverUp} == 0)`;
const ofHowMany = `{{ with printf "count(${catalogue.modelServerUp.name}{job=%q, server=%q})" $labels.job $labels.server | query }}{{ . | first | value }}{{ end }}`;
const serverRestarts = series(catalogue.modelServerRestarts, {}, "30m");

const processes: readonly Alert[] = [
  {
    name: "AIWatchJobDown",
    severity: "critical",
    expr: promql`
      ${allDown}
      and on (job) (${isOurs} or ${firesAlready})`,
    for: "2m",
    // a crash loop is up for a few seconds each time
    keepFiringFor: "5m",
    summary: "{{ $labels.job }}: no process answers Prometheus",
    description: "All targets of a job are down that served AIWatch's metrics within the day before.",
  },
  {
    name: "AIWatchTargetDown",
    severity: "warning",
    expr: promql`
      (${ourUp}) == 0
      and on (job) ${isOurs}
      unless on (job) ${allDown}`,
    for: "5m",
    summary: "{{ $labels.instance }} of {{ $labels.job }} is down",
    description: "One process of several. The others have its traffic, and its figures are missing in every sum.",
  },
  {
    name: "AIWatchMetricsMissing",
    severity: "warning",
    expr: promql`
      up == 1
      unless on (job, instance) ${presence}
      and on (job, instance) (${recorded.lastShown.name} > 0) > time() - 86400`,
    for: "10m",
    summary: "{{ $labels.instance }} of {{ $labels.job }} answers without AIWatch's metrics, which it had",
    description:
      "The target is up, and its /metrics had genai_app_active_requests within a day and has it no more: another registry, another path, or a release without AIWatch.",
  },
  {
    name: "AIWatchRestarting",
    severity: "warning",
    // between two lives of a crash loop there is nothing to see, and an alert that ends each time is sent to nobody
    expr: promql`
      changes(process_start_time_seconds[30m]) >= 3
      and on (job, instance) present_over_time(${presence}[30m])`,
    keepFiringFor: "15m",
    summary: "{{ $labels.instance }} of {{ $labels.job }} was restarted {{ $value }} times within 30 minutes",
    description:
      "Usually a crash loop, often out of memory while the model loads. Needs prom-client's collectDefaultMetrics().",
  },
];

const servers: readonly Alert[] = [
  {
    name: "AIWatchModelServerDown",
    severity: "critical",
    expr: `${findDown} > 0.5 * ${watching}`,
    for: "5m",
    summary: `The model server {{ $labels.server }} of {{ $labels.job }} is not ready for {{ $value }} of ${ofHowMany} processes`,
    description:
      "More than half of the job's processes find it not ready: it is down, loads its model, or refuses the key. /readiness says which.",
  },
  {
    name: "AIWatchModelServerDownForSome",
    severity: "warning",
    expr: `${findDown} <= 0.5 * ${watching}`,
    for: "15m",
    summary: `The model server {{ $labels.server }} of {{ $labels.job }} is not ready for {{ $value }} of ${ofHowMany} processes`,
    description:
      "The others find it ready. Where each process has a server beside it, those servers are down; else it is the way to the server.",
  },
  {
    name: "AIWatchModelServerRestarting",
    severity: "warning",
    expr: `max by (job, server) (changes(${serverRestarts.promql})) >= 3`,
    summary:
      "The model server {{ $labels.server }} of {{ $labels.job }} was restarted {{ $value }} times within 30 minutes",
    description: "Each restart ends the answers under way and loads the model anew. Usually it runs out of memory.",
  },
];

export const availabilityAlerts: readonly Alert[] = [...processes, ...capacityAlerts, ...servers];
