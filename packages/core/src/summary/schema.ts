/**
 * The JSON of `/metrics/summary` and `/metrics/chats`, for whoever writes it and whoever reads it, a browser included: nothing here, and nothing
 * that it imports, needs Node. What is unknown is absent, or null in a series.
 */
import type { ChatPhase, UnifiedFinishReason } from "../catalogue/values.ts";
import type { FlatSummary } from "../compat/flat-summary.ts";
import type { ModelReadings } from "../models/readings.ts";

export { type ChatPhase, chatPhases } from "../catalogue/values.ts";

/** The number of this shape. One that is higher has fields that mean something else. */
export const summarySchema = 2;

/**
 * What became of a chat: `answered`, `refused` by the app's own line, `left` by its reader in that line, `failed`, or `aborted` after it had left
 * the line.
 */
export const chatOutcomes = ["answered", "refused", "left", "failed", "aborted"] as const;
export type ChatOutcome = (typeof chatOutcomes)[number];

/** How many chats came to what. */
export type OutcomeCounts = Readonly<Record<ChatOutcome, number>>;

/**
 * Milliseconds in each phase. They do not overlap: their sum is all that was seen of the chat. Where nobody says when the engine begins, as no
 * model server does, `queue` is unknown, and absent: `prompt` lasts from the call to the first token then.
 */
export type PhaseTimes = Readonly<Record<Exclude<ChatPhase, "queue">, number>> & { readonly queue?: number };

/**
 * What `aiwatch.summary()` gives: figures since the instance was created, those of now, and those of the last five minutes. Tokens and first tokens of
 * the answers under way are in it. The flat fields have the Go system's shape, in which 0 also stands for "not known"; the nested ones are null or
 * absent then.
 */
export interface Summary extends FlatSummary {
  readonly averages: SummaryAverages;
  /** Ended inferences, by their finish reason. */
  readonly inferences: Readonly<Record<UnifiedFinishReason, number>>;
  /** How far the totals of tokens are ahead of what was recorded; absent where they are not. */
  readonly tokenDebt?: TokenDebt;
  /** Every model that lives here, or was used or reported; those that live here first. */
  readonly models: readonly ModelFigures[];
  readonly schema: typeof summarySchema;
  readonly service: string;
  /** The uptime of the process that answers. */
  readonly uptimeSeconds: number;
  /** The objectives that are set; absent where none is. */
  readonly slo?: SummaryObjectives;
  readonly now: CurrentFigures;
  readonly window: WindowFigures;
  /** Chats since the instance was created. */
  readonly totals: OutcomeCounts & { readonly chats: number };
  readonly series: SummarySeries;
  /** What an answer for a whole cluster is made of; absent where `joinCluster` was not called. */
  readonly cluster?: ClusterFigures;
}

/** Of the processes and threads of a cluster besides the one that answers for all. */
export interface ClusterFigures {
  /** Those that answered in time. */
  readonly answered: number;
  /**
   * Those that did not: what they had counted when they were last heard of is in it, and nothing of what goes on there. Their chats are in no
   * list.
   */
  readonly silent: number;
}

/** What `GET /metrics/summary` answers. */
export interface SummaryAnswer extends Summary {
  /** What readiness said last, at most five seconds ago. */
  readonly state: "starting" | "ready" | "degraded" | "failing" | "draining";
}

/** Tokens that a total showed while answers went on, and that an engine took back at the end: the next ones pay for them. */
export interface TokenDebt {
  readonly tokensGenerated: number;
  readonly tokensProcessed: number;
}

/** Averages over what was seen, null while nothing was. */
export interface SummaryAverages {
  /** Mean duration of the requests that a chat or completion ran in, in milliseconds: those that were answered to the end. */
  readonly responseMs: number | null;
  /** Mean time to first token, in milliseconds. */
  readonly firstTokenMs: number | null;
  /** Failed requests over all, 0–1. */
  readonly errorRate: number | null;
}

/** What one model can tell now. What it cannot tell is absent: `tokensPerSecond` once the model was idle for a minute. */
export interface ModelFigures extends ModelReadings {
  /** The model's name. */
  readonly model: string;
}

/** The limits in milliseconds. */
export interface SummaryObjectives {
  /** From the request's arrival to its first token. */
  readonly requestFirstTokenMs?: number;
  readonly firstTokenMs?: number;
  readonly timePerOutputTokenMs?: number;
  readonly latencyMs?: number;
  /** The part of the inferences that has to hold them, 0–1. */
  readonly target: number;
}

/** The chats under way. */
export interface CurrentFigures {
  readonly chats: number;
  /** Those at their prompt, at decode or at a tool. */
  readonly active: number;
  /** Those that wait, in the app's own line or for the engine; not for a model behind HTTP, of which nobody sees who waits. */
  readonly queued: number;
  /** Those of them in the app's own line. */
  readonly inLine: number;
  /** What the running inferences decode together; absent while none decodes. */
  readonly tokensPerSecond?: number;
  /** Since the last chat ended; 0 while one is under way, absent before the first. */
  readonly idleSeconds?: number;
}

/** A distribution's quantiles, each within 2 % of its value. Absent where nothing was measured. */
export interface Quantiles {
  readonly p50?: number;
  readonly p95?: number;
}

/** The chats of the last five minutes: those that ended then, and the waits that ended then. */
export interface WindowFigures extends OutcomeCounts {
  readonly seconds: number;
  readonly chats: number;
  /** Refused and failed chats over all, 0–1; absent where none ended. */
  readonly errorRate?: number;
  /** From the chat's beginning, for a request its arrival, to its first token: the app's own line and its own work are in it. */
  readonly firstTokenMs: Quantiles;
  /** How long it waited in the app's own line and, where the engine says when it begins, for the engine to begin with its first inference. */
  readonly queueMs: Quantiles;
  /** The decode rate of each ended inference. */
  readonly tokensPerSecond: Pick<Quantiles, "p50">;
}

/** The last five minutes in steps, the oldest first. The step that goes on is not among them. */
export interface SummarySeries {
  readonly stepSeconds: number;
  /** Null where no first token came. */
  readonly firstTokenP95Ms: readonly (number | null)[];
  /** The output tokens that came in the step, over its length: of all inferences together. */
  readonly tokensPerSecond: readonly number[];
  /** The most chats that waited at once; of a cluster the sum of each process's most. */
  readonly queued: readonly number[];
}

/** What `GET /metrics/chats` answers. */
export interface ChatList {
  readonly schema: typeof summarySchema;
  /** Chats under way. Of very many the first are listed. */
  readonly underWay: number;
  /** Those under way in the order of their beginning, then those that ended, the last one first. */
  readonly chats: readonly (ChatEntry | ChatTimes)[];
  /** What a list for a whole cluster is made of; absent where `joinCluster` was not called. */
  readonly cluster?: ClusterFigures;
}

/** What everybody may know of a chat: its phase and times. */
export interface ChatTimes {
  /** Tells it from all other chats of the process, or of the cluster. It says nothing else, and is no id of the app's. */
  readonly key: string;
  /** What it is at; absent once it ended. */
  readonly phase?: ChatPhase;
  /** What became of it; absent while it goes on. */
  readonly outcome?: ChatOutcome;
  /** Since it began. */
  readonly ageMs?: number;
  /** Since it ended. */
  readonly endedMsAgo?: number;
  readonly ms: PhaseTimes;
  /** From its beginning to its first token. */
  readonly firstTokenMs?: number;
  /** How long it waited in the app's own line and, where the engine says when it begins, for the engine to begin with its first inference. */
  readonly queueMs?: number;
}

/** A chat for whoever may know more. Nobody is told its content, its user or its path. */
export interface ChatEntry extends ChatTimes {
  readonly requestId?: string;
  readonly traceId?: string;
  readonly model?: string;
  /** Its place in the app's own line, 1 for the next: only where that is first-in-first-out. */
  readonly place?: number;
  /** One of the catalogue's error types, or an error's class. */
  readonly errorType?: string;
  readonly promptTokens?: number;
  /** Of those, what was in the KV cache. */
  readonly cachedPromptTokens?: number;
  /** Those that came so far. */
  readonly outputTokens?: number;
}
