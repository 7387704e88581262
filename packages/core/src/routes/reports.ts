import type { Aiwatch } from "../aiwatch.ts";
import { healthReport } from "../health/report.ts";
import { type Answer, sendJson } from "./answer.ts";

/** `GET /metrics/summary`: the figures for a panel in the front end. */
export function answerSummary(aiwatch: Aiwatch): Answer {
  return async function summary(_req, res) {
    sendJson(res, 200, aiwatch.summary());
  };
}

/** `GET /health`: the process is alive; its uptime, memory and model. */
export function answerHealth(aiwatch: Aiwatch): Answer {
  return async function health(_req, res) {
    sendJson(res, 200, healthReport(aiwatch.service, aiwatch.models));
  };
}

/** `GET /readiness`: 200 once every check holds, 503 until then. */
export function answerReadiness(aiwatch: Aiwatch): Answer {
  return async function readiness(_req, res) {
    const { ready, checks } = await aiwatch.health.readiness();
    sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks });
  };
}
