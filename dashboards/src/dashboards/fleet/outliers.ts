import { catalogue } from "@aiwatch/core";
import type { Row } from "../dashboard.ts";
import { largestMemory, outliers, slowestLoops } from "../shared/processes.ts";

const { activeInferences, queuedInferences, kvCacheUsage, oldestInference } = catalogue;

const width = 8;

/** Who is busiest, slowest, fullest. */
export const standOut: Row = {
  title: "Processes that stand out",
  panels: [
    outliers({
      title: "Busiest processes",
      row: activeInferences,
      sentence:
        "Inferences that the engine works on. Where the same few lines lie above the others for long, the load is spread unevenly.",
      by: "mean",
      width,
      noValue: "No data",
    }),
    outliers({
      title: "Longest queues",
      row: queuedInferences,
      sentence:
        "Inferences that wait for the engine. A queue here and none elsewhere is the balancer's, a queue everywhere is the fleet's.",
      by: "mean",
      width,
      noValue: "No data",
    }),
    slowestLoops(width),
    largestMemory(width),
    outliers({
      title: "Fullest KV caches",
      row: kvCacheUsage,
      sentence: "How full the fullest sequence of a process is. From 98 % the next tokens push out the oldest.",
      by: "peak",
      width,
      noValue: "Only llama.cpp in the process tells it",
    }),
    outliers({
      title: "Oldest inferences",
      row: oldestInference,
      sentence:
        "How long the oldest inference under way has been at it, by process. A straight line that never falls is an inference that does not end.",
      by: "peak",
      width,
      noValue: "Idle",
    }),
  ],
};
