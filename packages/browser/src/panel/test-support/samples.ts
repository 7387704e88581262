import type { ChatEntry, PhaseTimes } from "@aiwatch/core/summary-schema";
import type { PanelData } from "../panel-data.ts";

/** The JSON of a server in each state that a panel can draw, as its routes answer it. */

const none: PhaseTimes = { line: 0, before: 0, queue: 0, prompt: 0, decode: 0, tool: 0 };

function chat(key: string, chat: Omit<Partial<ChatEntry>, "ms"> & { readonly ms: Partial<PhaseTimes> }): ChatEntry {
  return { key, traceId: key.repeat(32), requestId: `request-${key}`, ...chat, ms: { ...none, ...chat.ms } };
}

export const underWay: readonly ChatEntry[] = [
  chat("a", {
    phase: "decode",
    ageMs: 4523,
    ms: { before: 3, prompt: 420, decode: 4100 },
    firstTokenMs: 423,
    promptTokens: 96,
    outputTokens: 196,
  }),
  chat("b", { phase: "prompt", ageMs: 970, ms: { before: 10, queue: 60, prompt: 900 }, promptTokens: 1840 }),
  chat("c", { phase: "line", ageMs: 3120, ms: { line: 3120 }, place: 1 }),
];

export const ended: readonly ChatEntry[] = [
  chat("d", {
    outcome: "answered",
    endedMsAgo: 900,
    ms: { before: 2, prompt: 95, decode: 5200 },
    firstTokenMs: 97,
    outputTokens: 240,
  }),
  chat("e", {
    outcome: "answered",
    endedMsAgo: 4000,
    ms: { before: 2, prompt: 60, decode: 900, tool: 1600 },
    firstTokenMs: 62,
    outputTokens: 41,
  }),
  chat("f", {
    outcome: "aborted",
    endedMsAgo: 9000,
    ms: { line: 14, prompt: 38, decode: 1140 },
    firstTokenMs: 52,
    outputTokens: 58,
  }),
  chat("1", { outcome: "failed", endedMsAgo: 15_000, errorType: "context_overflow", ms: { before: 5, prompt: 300 } }),
  chat("2", { outcome: "refused", endedMsAgo: 21_000, ms: { before: 2 } }),
];

const wave = (value: (at: number) => number | null) => Array.from({ length: 60 }, (_, at) => value(at));
const numbers = (value: (at: number) => number) =>
  Array.from({ length: 60 }, (_, at) => Math.round(value(at) * 10) / 10);

export const live: PanelData = {
  totalRequests: 214,
  averageResponseTime: 2.41,
  tokensGenerated: 18_204,
  tokensProcessed: 90_311,
  activeUsers: 3,
  errorRate: 0.01,
  averages: { responseMs: 2410, firstTokenMs: 181, errorRate: 0.01 },
  inferences: { stop: 198, length: 6, tool_calls: 3, aborted: 3, error: 2 } as PanelData["inferences"],
  models: [
    {
      model: "tiny-chat",
      info: { quantization: "F16", gpu: "cpu", architecture: "llama" },
      modelMemoryBytes: 35_669_504,
      contextSize: 4096,
      threadsUsed: 1,
      contextTokens: 711,
      kvCacheUsageRatio: 0.141,
      loadMs: 412,
    },
  ],
  schema: 2,
  service: "chat-example",
  state: "ready",
  uptimeSeconds: 7300,
  slo: { requestFirstTokenMs: 500, target: 0.95 },
  now: { chats: 3, active: 2, queued: 1, inLine: 1, tokensPerSecond: 93.4, idleSeconds: 0 },
  window: {
    seconds: 300,
    ...{ chats: 54, answered: 48, refused: 2, left: 0, failed: 1, aborted: 3 },
    errorRate: 0.056,
    firstTokenMs: { p50: 124, p95: 418 },
    queueMs: { p50: 12, p95: 310 },
    tokensPerSecond: { p50: 47.2 },
  },
  totals: { chats: 212, answered: 198, refused: 5, left: 1, failed: 3, aborted: 5 },
  series: {
    stepSeconds: 5,
    firstTokenP95Ms: wave((at) =>
      at > 18 && at < 24 ? null : Math.round(110 + 90 * Math.abs(Math.sin(at / 5)) + (at === 44 ? 210 : 0)),
    ),
    tokensPerSecond: numbers((at) => (at > 18 && at < 24 ? 0 : 80 + 14 * Math.sin(at / 4) + (at % 7))),
    queued: numbers((at) => (at > 40 && at < 50 ? 3 - Math.trunc(Math.abs(45 - at) / 2) : at > 56 ? 1 : 0)),
  },
  underWay: 3,
  chats: [...underWay, ...ended],
};

const rest = { chats: 0, active: 0, queued: 0, inLine: 0 } as const;
const noOutcomes = { chats: 0, answered: 0, refused: 0, left: 0, failed: 0, aborted: 0 } as const;
const { chats: _chats, underWay: _underWay, ...summary } = live;
const emptyWindow = { seconds: 300, ...noOutcomes, firstTokenMs: {}, queueMs: {}, tokensPerSecond: {} } as const;

export const idle: PanelData = {
  ...live,
  now: { ...rest, idleSeconds: 1260 },
  window: emptyWindow,
  series: {
    stepSeconds: 5,
    firstTokenP95Ms: wave(() => null),
    tokensPerSecond: numbers(() => 0),
    queued: numbers(() => 0),
  },
  underWay: 0,
  chats: ended,
};

export const empty: PanelData = {
  ...summary,
  now: rest,
  window: emptyWindow,
  totals: noOutcomes,
  series: { stepSeconds: 5, firstTokenP95Ms: [], tokensPerSecond: [], queued: [] },
};

export const starting: PanelData = { ...empty, state: "starting", uptimeSeconds: 14, models: [] };

export const slow: PanelData = {
  ...live,
  now: { chats: 10, active: 2, queued: 8, inLine: 8, tokensPerSecond: 93.4, idleSeconds: 0 },
  window: {
    ...live.window,
    ...{ chats: 60, answered: 48, failed: 7 },
    firstTokenMs: { p50: 740, p95: 3900 },
    queueMs: { p50: 610, p95: 3300 },
  },
  series: {
    ...live.series,
    firstTokenP95Ms: wave((at) => (at > 18 && at < 24 ? null : at > 35 ? 900 + at * 50 : 180)),
    queued: numbers((at) => (at > 34 ? Math.min(8, Math.trunc((at - 34) / 2)) : 0)),
  },
  slo: { requestFirstTokenMs: 500, firstTokenMs: 250, timePerOutputTokenMs: 40, latencyMs: 20_000, target: 0.95 },
  underWay: 10,
};

/** A server with several models, whose list of chats is for strangers. */
export const strangers: PanelData = {
  ...live,
  service: "gateway",
  models: [
    ...live.models,
    {
      model: "llama-3.1-8b-instruct-q4_k_m",
      contextSize: 8192,
      kvCacheUsageRatio: 0.93,
      contextTokens: 15_200,
      modelMemoryBytes: 4_920_000_000,
      info: { quantization: "Q4_K_M", gpu: "cuda" },
    },
  ],
  cluster: { answered: 2, silent: 1 },
  chats: [...underWay, ...ended].map(({ key, phase, outcome, ageMs, endedMsAgo, ms, firstTokenMs }) => ({
    key,
    ms,
    ...(phase && { phase }),
    ...(outcome && { outcome }),
    ...(ageMs !== undefined && { ageMs }),
    ...(endedMsAgo !== undefined && { endedMsAgo }),
    ...(firstTokenMs !== undefined && { firstTokenMs }),
  })),
};

export const withoutChats: PanelData = summary;

/** What a state is made of: the JSON, and what became of the connection since. */
export interface Scene {
  readonly data?: PanelData;
  readonly trouble?: boolean;
  /** The first answer has not come yet. */
  readonly awaited?: boolean;
  /** For how long nothing came. */
  readonly ageSeconds?: number;
}

export const scenes: Readonly<Record<string, Scene>> = {
  live: { data: live },
  empty: { data: empty },
  "not set up": {},
  connecting: { awaited: true },
  loading: { data: starting },
  slow: { data: slow },
  stale: { data: live, ageSeconds: 42 },
  "out of reach": { data: live, trouble: true, ageSeconds: 24 },
  "never reached": { trouble: true },
  "not ready": { data: { ...live, state: "failing" } },
  stopping: { data: { ...live, state: "draining" } },
  degraded: { data: { ...live, state: "degraded" } },
  idle: { data: idle },
  strangers: { data: strangers },
  "without chats": { data: withoutChats },
};
