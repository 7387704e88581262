import type { ServerResponse } from "node:http";
import { type Clock, elapsedMs } from "../base/time.ts";
import type { ChatBoard, ChatsPart } from "../chats/chat-board.ts";
import type { Health, ReadinessState } from "../health/health.ts";
import { type HealthHost, healthReport } from "../health/report.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import {
  type ChatEntry,
  type ChatList,
  type ChatTimes,
  type Summary,
  type SummaryAnswer,
  summarySchema,
} from "../summary/schema.ts";
import { type SummaryHost, summaryFrom } from "../summary/summary.ts";
import { summarySourceOf } from "../summary/summary-source.ts";
import { type Answer, sendJson } from "./answer.ts";
import { refuseLate } from "./metrics.ts";

/** What the summary is made from. */
export interface SummarizedHost extends SummaryHost {
  readonly registry: MetricsRegistry;
  readonly clock: Clock;
  readonly health: Health;
  summary(): Summary;
}

/** `GET /metrics/summary`: the figures for a panel in the front end, of a cluster those of all its processes; and where this process stands. */
export function answerSummary(host: SummarizedHost): Answer {
  const recent = new RecentState(host);
  return async function summary(_req, res) {
    const [state, summary] = await Promise.all([recent.read(), summaryOf(host)]);
    sendJson(res, 200, { ...summary, state } satisfies SummaryAnswer);
  };
}

/** @throws HttpError 503 where the cluster does not answer */
export async function summaryOf(host: SummarizedHost): Promise<Summary> {
  const source = summarySourceOf(host);
  if (source === undefined) return host.summary();
  return summaryFrom(await source.gatherSummary().catch(refuseLate), host);
}

/** How long the app's checks are left alone by those who read the summary: every page that shows a panel does, every few seconds. */
export const stateAgeMs = 5000;

/** What readiness said not long ago. */
export class RecentState {
  readonly #host: SummarizedHost;
  #askedAt: number | undefined;
  #state: Promise<ReadinessState> | undefined;

  constructor(host: SummarizedHost) {
    this.#host = host;
  }

  async read(): Promise<ReadinessState> {
    const { health, clock } = this.#host;
    if (health.draining) return "draining";
    const now = clock.now();
    const ageMs = elapsedMs(this.#askedAt, now);
    if (this.#state === undefined || ageMs === undefined || ageMs >= stateAgeMs) {
      this.#askedAt = now;
      this.#state = health.readiness().then(({ state }) => state);
    }
    return await this.#state;
  }
}

/** Whose chats are listed. */
export interface ListedHost {
  readonly registry: MetricsRegistry;
  readonly chats: ChatBoard;
}

/**
 * `GET /metrics/chats`: the chats under way and those that ended last, of a cluster those of all its processes.
 * @returns answers; who is not known is told phases and times alone
 */
export function answerChats(host: ListedHost): (res: ServerResponse, isKnown: boolean) => Promise<void> {
  return async function chats(res, isKnown) {
    sendJson(res, 200, listOf(await chatsOf(host), isKnown));
  };
}

/** What a reader is told of the chats. */
export function listOf({ underWay, chats, cluster }: ChatsPart, isKnown: boolean): ChatList {
  return {
    schema: summarySchema,
    underWay,
    chats: isKnown ? chats : chats.map(timesOf),
    ...(cluster !== undefined && { cluster }),
  };
}

/** @throws HttpError 503 where the cluster does not answer */
export async function chatsOf(host: ListedHost): Promise<ChatsPart> {
  const source = summarySourceOf(host);
  return source === undefined ? host.chats.part() : await source.gatherChats().catch(refuseLate);
}

/** Named one by one: what comes to be in an entry is not shown to strangers by that. */
function timesOf({ key, phase, outcome, ageMs, endedMsAgo, ms, firstTokenMs, queueMs }: ChatEntry): ChatTimes {
  const times = { key, phase, outcome, ageMs, endedMsAgo, ms, firstTokenMs, queueMs };
  return Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined)) as unknown as ChatTimes;
}

/** `GET /health`: the process is alive; its uptime, memory and model. */
export function answerHealth(host: HealthHost): Answer {
  return async function health(_req, res) {
    sendJson(res, 200, healthReport(host));
  };
}

/** `GET /livez`: the process answers. It runs no check: a restart does not mend an app whose database is gone. */
export const answerLivez: Answer = async function livez(_req, res) {
  sendJson(res, 200, { status: "ok" });
};

/** `GET /readyz`: 200 where the app may be sent traffic, else 503; its state, and each check's. */
export function answerReadyz(host: { readonly health: Health }): Answer {
  return async function readyz(_req, res) {
    const { ready, state, checks } = await host.health.readiness();
    sendJson(res, ready ? 200 : 503, { status: state, checks });
  };
}
