import type { SettingDescription } from "@aiwatch/testkit";
import type { coreSettings } from "../core-settings.ts";

/** What each setting is for. */
export const coreSettingDescriptions: Readonly<Record<keyof typeof coreSettings, SettingDescription>> = {
  service: { text: "The service's name in `/health`" },
  disabled: { text: "Observes nothing, registers nothing and serves no routes" },
  requestFirstTokenMs: {
    text: "The longest wait for the first token, from the request's arrival, in milliseconds",
  },
  firstTokenMs: { text: "The longest time to first token that a good inference takes, in milliseconds" },
  timePerOutputTokenMs: { text: "The longest mean time per token after the first, in milliseconds" },
  latencyMs: { text: "The longest time from the call to its end, in milliseconds" },
  sloTarget: { text: "The ratio of inferences that has to be good" },
  contentTarget: {
    text: "Where prompts and answers are written: into attributes of the span, into an event of it, or both",
  },
  contentMaxLength: { text: "Characters of a text that are kept" },
  otelMetrics: { text: "Whether that observer records OpenTelemetry's `gen_ai.*` metrics", of: "`otelMetrics`" },
  semconvOptIn: {
    text: "`gen_ai_latest_experimental` chooses the names of the newest draft of OpenTelemetry's conventions",
    default: "v1.41",
  },
  exitReport: { text: "Writes a few lines on stderr when the process exits" },
  abandonedAfterMs: { text: "Milliseconds without a report until a forgotten inference is ended" },
  outsideParents: { text: "What a caller's trace headers may do to the request's span", of: "the doors" },
  clusterTimeoutMs: {
    text: "Milliseconds that a scrape waits for a process that does not answer",
    of: "`joinCluster`",
  },
  healthChecks: { text: "The built-in checks that are on" },
  checkTimeoutMs: { text: "How long a check may take that sets no `timeoutMs`, in milliseconds" },
  checkCacheMs: { text: "How long an answer is reused of a check that sets no `cacheMs`, in milliseconds" },
  modelName: { text: "The model that has to be loaded", default: "any model" },
  maxRssBytes: {
    text: "The most resident memory, in bytes",
    default: "90 % of the container's limit, else of the machine's",
  },
  maxHeapBytes: { text: "The most that the JavaScript heap may hold, in bytes", default: "90 % of V8's limit" },
  maxEventLoopDelayMs: {
    text: "The longest delay that 99 % of the looks at the event loop may find, in milliseconds",
  },
  diskPath: { text: "A file or folder on the disk that needs room", default: "the working directory" },
  minFreeBytes: { text: "The least free space on it, in bytes", default: "1 GiB" },
  drainMs: { text: "Milliseconds that the servers go on accepting after readiness turned 503", of: "`handleSignals`" },
  shutdownTimeoutMs: {
    text: "Milliseconds that requests and inferences may take to end after that",
    of: "`handleSignals`",
  },
};
