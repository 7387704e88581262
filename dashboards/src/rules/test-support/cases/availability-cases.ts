import { catalogue } from "@aiwatch/core";
import { capacityCases } from "./capacity-cases.ts";
import { type Case, named, of } from "./case.ts";
import { modelServerCases } from "./model-server-cases.ts";

const { activeRequests, modelServerRestarts } = catalogue;
const b = { instance: "b:1" };
const c = { instance: "c:1" };
const db = { job: "db", instance: "d:1" };
/** Another program in the same job. */
const redis = { instance: "r:1" };

export const availabilityCases: readonly Case[] = [
  {
    name: "all processes are down: the job is, after two minutes; a job that never had AIWatch is none of ours",
    alert: "AIWatchJobDown",
    series: {
      [named("up")]: "1x9 0x50",
      [named("up", b)]: "1x9 0x50",
      [named("up", db)]: "0x60",
      [of(activeRequests)]: "0x9 _x50",
      [of(activeRequests, b)]: "0x9 _x50",
    },
    fires: [
      { at: "11m30s", of: [] },
      { at: "13m", of: [{ job: "chat" }] },
      { at: "40m", of: [{ job: "chat" }] },
    ],
  },
  {
    name: "down for longer than a day: it goes on; a job whose targets are taken out ends, and one that comes back ends after five minutes",
    alert: "AIWatchJobDown",
    every: "5m",
    series: {
      [named("up")]: "1x20 0x400",
      [of(activeRequests)]: "1x20 stale",
      [named("up", { job: "removed" })]: "1x20 0x40 stale",
      [of(activeRequests, { job: "removed" })]: "1x20 stale",
      [named("up", { job: "back" })]: "1x20 0x40 1x400",
      [of(activeRequests, { job: "back" })]: "1x20 stale",
    },
    fires: [
      { at: "3h", of: ["back", "chat", "removed"].map((job) => ({ job })) },
      { at: "27h", of: [{ job: "chat" }] },
    ],
  },
  {
    name: "a restart of 75 seconds is none; a crash loop that is up for half a minute each time fires throughout",
    alert: "AIWatchJobDown",
    every: "15s",
    series: {
      [named("up")]: "1x20 0x4 1x100",
      [of(activeRequests)]: "0x20 _x4 0x100",
      [named("up", { job: "loop" })]: "1x20 0x13 1 1 0x13 1 1 0x13 1 1 0x13 1 1 0x13 1 1",
      [of(activeRequests, { job: "loop" })]: "1x20 stale _x12 1 1 stale",
    },
    fires: ["8m", "9m", "12m30s", "13m", "16m30s"].map((at) => ({ at, of: [{ job: "loop" }] })),
  },
  {
    name: "all processes are down, and another program in the same job answers; one that answered before does not make a job down that is not",
    alert: "AIWatchJobDown",
    series: {
      [named("up")]: "1x9 0x50",
      [named("up", redis)]: "1x60",
      [of(activeRequests)]: "0x9 _x50",
      [named("up", { job: "well" })]: "1x60",
      [named("up", { job: "well", ...redis })]: "1x9 0x50",
      [of(activeRequests, { job: "well" })]: "0x60",
    },
    fires: [
      { at: "11m30s", of: [] },
      { at: "13m", of: [{ job: "chat" }] },
      { at: "40m", of: [{ job: "chat" }] },
    ],
  },
  {
    name: "of two namespaces with one job, the one whose processes are down",
    alert: "AIWatchJobDown",
    by: ["cluster", "namespace"],
    series: {
      [named("up", { namespace: "prod", cluster: "eu" })]: "1x9 0x50",
      [of(activeRequests, { namespace: "prod", cluster: "eu" } as object)]: "0x9 _x50",
      [named("up", { namespace: "staging", cluster: "eu" })]: "1x60",
      [of(activeRequests, { namespace: "staging", cluster: "eu" } as object)]: "0x60",
      [named("up", { namespace: "prod" })]: "1x60",
      [of(activeRequests, { namespace: "prod" } as object)]: "0x60",
    },
    fires: [{ at: "40m", of: [{ cluster: "eu", namespace: "prod", job: "chat" }] }],
    says: [
      {
        at: "40m",
        labels: { cluster: "eu", namespace: "prod", job: "chat" },
        summary: "eu/prod/chat: no process answers Prometheus",
      },
    ],
  },
  {
    name: "one of two is down: the job is not",
    alert: "AIWatchJobDown",
    series: {
      [named("up")]: "1x60",
      [named("up", b)]: "1x9 0x50",
      [of(activeRequests)]: "0x60",
      [of(activeRequests, b)]: "0x9 _x50",
    },
    fires: [{ at: "40m", of: [] }],
  },
  {
    name: "one of two is down for five minutes: the target is, not before, nor one that never came up; of a job without AIWatch nothing is said, nor of another program in this one",
    alert: "AIWatchTargetDown",
    series: {
      [named("up")]: "1x60",
      [named("up", b)]: "1x9 0x50",
      [named("up", c)]: "_x9 0x50",
      [named("up", redis)]: "1x9 0x50",
      [named("up", db)]: "0x60",
      [of(activeRequests)]: "0x60",
      [of(activeRequests, b)]: "0x9 _x50",
    },
    fires: [
      { at: "13m", of: [] },
      {
        at: "17m",
        of: [
          { job: "chat", instance: "b:1" },
          { job: "chat", instance: "c:1" },
        ],
      },
      {
        at: "55m",
        of: [
          { job: "chat", instance: "b:1" },
          { job: "chat", instance: "c:1" },
        ],
      },
    ],
  },
  {
    name: "all are down: that is one page, and no list of targets",
    alert: "AIWatchTargetDown",
    series: { [named("up")]: "1x9 0x50", [named("up", b)]: "1x9 0x50", [of(activeRequests)]: "0x9 _x50" },
    fires: [{ at: "40m", of: [] }],
  },
  {
    name: "one process is up and has AIWatch's metrics no more, for ten minutes; another program in the same job never had them",
    alert: "AIWatchMetricsMissing",
    series: {
      [named("up", redis)]: "1x60",
      [named("up")]: "1x60",
      [named("up", b)]: "1x60",
      [named("up", db)]: "1x60",
      [of(activeRequests)]: "0x60",
      [of(activeRequests, b)]: "0x9 _x50",
    },
    fires: [
      { at: "20m", of: [] },
      { at: "30m", of: [{ job: "chat", instance: "b:1" }] },
    ],
  },
  {
    name: "metrics that are missing for a day",
    alert: "AIWatchMetricsMissing",
    every: "5m",
    series: {
      [named("up")]: "1x400",
      [of(activeRequests)]: "0x10 stale",
    },
    fires: [
      { at: "24h", of: [{ job: "chat", instance: "a:1" }] },
      { at: "25h", of: [] },
    ],
  },
  {
    name: "three restarts within half an hour, and two, and three over an hour",
    alert: "AIWatchRestarting",
    series: {
      [named("process_start_time_seconds")]: "1x5 2x5 3x5 4x14",
      [named("process_start_time_seconds", b)]: "1x5 2x5 3x20",
      [named("process_start_time_seconds", c)]: "1x2 2x16 3x16 4x20",
      [of(activeRequests)]: "0x60",
      [of(activeRequests, b)]: "0x60",
      [of(activeRequests, c)]: "0x60",
    },
    fires: [{ at: "28m", of: [{ job: "chat", instance: "a:1" }] }],
  },
  {
    name: "a crash loop that is up for half a minute each time: it fires in between, too, and ends three quarters of an hour after the last start",
    alert: "AIWatchRestarting",
    every: "15s",
    series: {
      [of(activeRequests)]: `1x20 stale _x12 ${"1 1 stale _x12 ".repeat(6)} 1x200`,
      [named("process_start_time_seconds")]:
        `1x20 stale _x12 ${[2, 3, 4, 5, 6, 7].map((start) => `${start} ${start} stale _x12 `).join("")} 8x200`,
    },
    fires: [
      ...["21m30s", "24m", "26m"].map((at) => ({ at, of: [{ job: "chat", instance: "a:1" }] })),
      { at: "77m", of: [] },
    ],
  },
  ...modelServerCases,
  {
    name: "a model server that was restarted three times, seen by two processes, and one that was twice",
    alert: "AIWatchModelServerRestarting",
    series: {
      [of(modelServerRestarts, { server: "three" })]: "0x5 1x5 2x5 3x14",
      [of(modelServerRestarts, { server: "three", ...b })]: "0x5 1x5 2x5 3x14",
      [of(modelServerRestarts, { server: "two" })]: "0x5 1x5 2x20",
    },
    fires: [{ at: "28m", of: [{ job: "chat", server: "three" }] }],
  },
  ...capacityCases,
];
