import type { ServerResponse } from "node:http";
import { type Clock, elapsedMs } from "../base/time.ts";
import type { ChatBoard } from "../chats/chat-board.ts";
import type { Health, ReadinessState } from "../health/health.ts";
import { type HealthHost, healthReport } from "../health/report.ts";
import {
  type ChatEntry,
  type ChatList,
  type ChatTimes,
  type Summary,
  type SummaryAnswer,
  summarySchema,
} from "../summary/schema.ts";
import { type Answer, sendJson } from "./answer.ts";

/** What the summary is made from. */
export interface SummarizedHost {
  readonly clock: Clock;
  readonly health: Health;
  summary(): Summary;
}

/** `GET /metrics/summary`: the figures for a panel in the front end, and where the app stands. */
export function answerSummary(host: SummarizedHost): Answer {
  const recent = new RecentState(host);
  return async function summary(_req, res) {
    const state = await recent.read();
    sendJson(res, 200, { ...host.summary(), state } satisfies SummaryAnswer);
  };
}

/** How long the app's checks are left alone by those who read the summary: every page that shows a panel does, every few seconds. */
export const stateAgeMs = 5000;

/** What readiness said not long ago. */
class RecentState {
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

/** `GET /metrics/chats`: the chats under way and those that ended last. @returns answers; who is not known is told phases and times alone */
export function answerChats(host: { readonly chats: ChatBoard }): (res: ServerResponse, isKnown: boolean) => void {
  return function chats(res, isKnown) {
    const list = host.chats.list();
    const body: ChatList = {
      schema: summarySchema,
      underWay: host.chats.current().chats,
      chats: isKnown ? list : list.map(timesOf),
    };
    sendJson(res, 200, body);
  };
}

/** Named one by one: what comes to be in an entry is not shown to strangers by that. */
function timesOf({ phase, outcome, ageMs, endedMsAgo, ms, firstTokenMs, queueMs }: ChatEntry): ChatTimes {
  return {
    ...(phase !== undefined && { phase }),
    ...(outcome !== undefined && { outcome }),
    ...(ageMs !== undefined && { ageMs }),
    ...(endedMsAgo !== undefined && { endedMsAgo }),
    ms,
    ...(firstTokenMs !== undefined && { firstTokenMs }),
    ...(queueMs !== undefined && { queueMs }),
  };
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
