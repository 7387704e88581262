import { ownVersion } from "../base/process-wide.ts";
import { declareSettings, kinds, type SettingKind, setting } from "./settings.ts";

/** Where prompts and answers are written to, if anywhere. */
export type ContentTarget = "none" | "span" | "event" | "span_and_event";

/** The convention's words, the boolean that came before them, and our own. */
const contentTargets: ReadonlyMap<string, ContentTarget> = new Map([
  ["true", "span"],
  ["false", "none"],
  ["no_content", "none"],
  ["span_only", "span"],
  ["event_only", "event"],
  ["span_and_event", "span_and_event"],
  ["none", "none"],
  ["span", "span"],
  ["event", "event"],
]);

const contentTarget: SettingKind<ContentTarget> = {
  expected: "true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT",
  optionExpected: "none, span, event or span_and_event",
  parse: (text) => contentTargets.get(text.toLowerCase()),
  accepts: (value) => [...contentTargets.values()].includes(value as ContentTarget),
  shown: true,
};

const rows = {
  service: setting({
    option: "service",
    variables: ["AIWATCH_SERVICE", "OTEL_SERVICE_NAME"],
    kind: kinds.shownText("a name"),
    default: "aiwatch",
  }),
  disabled: setting({ option: "disabled", variables: ["AIWATCH_DISABLED"], kind: kinds.flag, default: false }),
  requestFirstTokenMs: setting({
    option: "slo.requestFirstTokenMs",
    variables: ["AIWATCH_SLO_REQUEST_FIRST_TOKEN_MS"],
    kind: kinds.objective,
    default: undefined,
  }),
  firstTokenMs: setting({
    option: "slo.firstTokenMs",
    variables: ["AIWATCH_SLO_FIRST_TOKEN_MS"],
    kind: kinds.objective,
    default: undefined,
  }),
  timePerOutputTokenMs: setting({
    option: "slo.timePerOutputTokenMs",
    variables: ["AIWATCH_SLO_TIME_PER_OUTPUT_TOKEN_MS"],
    kind: kinds.objective,
    default: undefined,
  }),
  latencyMs: setting({
    option: "slo.latencyMs",
    variables: ["AIWATCH_SLO_LATENCY_MS"],
    kind: kinds.objective,
    default: undefined,
  }),
  sloTarget: setting({
    option: "slo.target",
    variables: ["AIWATCH_SLO_TARGET"],
    kind: kinds.ratio,
    default: 0.95,
  }),
  contentTarget: setting({
    option: "content.target",
    variables: ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"],
    kind: contentTarget,
    default: "none",
  }),
  contentMaxLength: setting({
    option: "content.maxLength",
    variables: ["AIWATCH_CONTENT_MAX_LENGTH"],
    kind: kinds.count,
    default: 8192,
  }),
  otelMetrics: setting({
    option: "enabled",
    variables: ["AIWATCH_OTEL_METRICS"],
    kind: kinds.flag,
    default: true,
  }),
  semconvOptIn: setting({
    variables: ["OTEL_SEMCONV_STABILITY_OPT_IN"],
    kind: kinds.shownText("a list, with commas"),
    default: undefined,
  }),
  exitReport: setting({ option: "exitReport", variables: ["AIWATCH_EXIT_REPORT"], kind: kinds.flag, default: false }),
  abandonedAfterMs: setting({
    option: "abandonedAfterMs",
    variables: ["AIWATCH_ABANDONED_AFTER_MS"],
    kind: kinds.timeout,
    default: 30_000,
  }),
  outsideParents: setting({
    option: "outsideParents",
    variables: ["AIWATCH_OUTSIDE_PARENTS"],
    kind: kinds.choice("trust", "ids", "none"),
    default: "trust",
  }),
  clusterTimeoutMs: setting({
    option: "timeoutMs",
    variables: ["AIWATCH_CLUSTER_TIMEOUT_MS"],
    kind: kinds.timeout,
    default: 2000,
  }),
  healthChecks: setting({
    variables: ["AIWATCH_HEALTH_CHECKS"],
    kind: kinds.list("model", "memory", "eventLoop", "disk"),
    default: undefined,
  }),
  checkTimeoutMs: setting({
    option: "health.timeoutMs",
    variables: ["AIWATCH_HEALTH_TIMEOUT_MS"],
    kind: kinds.timeout,
    default: 2000,
  }),
  checkCacheMs: setting({
    option: "health.cacheMs",
    variables: ["AIWATCH_HEALTH_CACHE_MS"],
    kind: kinds.wait,
    default: 0,
  }),
  modelName: setting({
    option: "health.model.name",
    variables: ["AIWATCH_HEALTH_MODEL_NAME"],
    kind: kinds.shownText("a model's name"),
    default: undefined,
  }),
  maxRssBytes: setting({
    option: "health.memory.maxRssBytes",
    variables: ["AIWATCH_HEALTH_MAX_RSS_BYTES"],
    kind: kinds.bytes,
    default: undefined,
  }),
  maxHeapBytes: setting({
    option: "health.memory.maxHeapBytes",
    variables: ["AIWATCH_HEALTH_MAX_HEAP_BYTES"],
    kind: kinds.bytes,
    default: undefined,
  }),
  maxEventLoopDelayMs: setting({
    option: "health.eventLoop.maxDelayMs",
    variables: ["AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS"],
    kind: kinds.timeout,
    default: 500,
  }),
  diskPath: setting({
    option: "health.disk.path",
    variables: ["AIWATCH_HEALTH_DISK_PATH"],
    kind: kinds.shownText("a path"),
    default: undefined,
  }),
  minFreeBytes: setting({
    option: "health.disk.minFreeBytes",
    variables: ["AIWATCH_HEALTH_MIN_FREE_BYTES"],
    kind: kinds.bytes,
    default: 2 ** 30,
  }),
  drainMs: setting({ option: "drainMs", variables: ["AIWATCH_DRAIN_MS"], kind: kinds.wait, default: 0 }),
  shutdownTimeoutMs: setting({
    option: "timeoutMs",
    variables: ["AIWATCH_SHUTDOWN_TIMEOUT_MS"],
    kind: kinds.wait,
    default: 10_000,
  }),
};

/** Every setting of this package that an environment variable can set. `test-support/descriptions.ts` says what each is for. */
export const coreSettings = declareSettings("@aiwatch/core", rows, ownVersion);
