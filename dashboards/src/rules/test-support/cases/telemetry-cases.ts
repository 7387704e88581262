import { catalogue } from "@aiwatch/core";
import { type Case, of } from "./case.ts";

const { telemetryErrors, spansDropped, seriesDropped, clusterWorkers } = catalogue;
const b = { instance: "b:1" };

export const telemetryCases: readonly Case[] = [
  {
    name: "with an app or without one: it fires, at once",
    alert: "WatchdogOfAIWatch",
    series: {},
    fires: [{ at: "1m", of: [{}] }],
  },
  {
    name: "one fault of AIWatch's own, for half an hour; none; and one that happened before the first scrape, which no rate can see",
    alert: "AIWatchTelemetryFaults",
    series: {
      [of(telemetryErrors, { source: "observer" })]: "0x20 1x60",
      [of(telemetryErrors, { source: "log" })]: "0x80",
      [of(telemetryErrors, { source: "route" })]: "_x20 1x60",
    },
    fires: [
      { at: "15m", of: [] },
      { at: "24m", of: [{ job: "chat", instance: "a:1", source: "observer" }] },
      { at: "45m", of: [{ job: "chat", instance: "a:1", source: "observer" }] },
      { at: "55m", of: [] },
    ],
  },
  {
    name: "spans are lost for longer than ten minutes; once; long ago",
    alert: "AIWatchSpansDropped",
    series: {
      [of(spansDropped)]: "0+2x60",
      [of(spansDropped, b)]: "0x20 5x40",
      [of(spansDropped, { instance: "c:1" })]: "9x60",
    },
    fires: [
      { at: "9m", of: [] },
      { at: "40m", of: [{ job: "chat", instance: "a:1" }] },
    ],
  },
  {
    name: "a cap is reached, and one is not",
    alert: "AIWatchSeriesCapped",
    series: {
      [of(seriesDropped, { metric: "genai_app_http_requests_total" })]: "0x20 7x60",
      [of(seriesDropped, { metric: "genai_app_tool_calls_total" })]: "0x80",
    },
    fires: [
      { at: "15m", of: [] },
      { at: "24m", of: [{ job: "chat", metric: "genai_app_http_requests_total" }] },
    ],
  },
  {
    name: "a worker is silent for longer than two minutes, and none of another cluster is",
    alert: "AIWatchClusterWorkersSilent",
    series: {
      [of(clusterWorkers, { state: "silent" })]: "0x10 1x20",
      [of(clusterWorkers, { state: "silent", ...b })]: "0x30",
      [of(clusterWorkers, { state: "answered", ...b })]: "3x30",
    },
    fires: [
      { at: "12m", of: [] },
      { at: "14m", of: [{ job: "chat", instance: "a:1" }] },
    ],
  },
];
