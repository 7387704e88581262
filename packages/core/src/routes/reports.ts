import type { Aiwatch } from "../aiwatch.ts";
import { healthReport } from "../health/report.ts";
import { type RouteHandler, sendJson } from "./handler.ts";

/** `GET /metrics/summary`: the figures for a panel in the front end. */
export function summaryHandler(aiwatch: Aiwatch): RouteHandler {
  return async function summary(_req, res) {
    sendJson(res, 200, aiwatch.summary());
  };
}

/** `GET /health`: the process is alive; its uptime, memory and model. */
export function healthHandler(aiwatch: Aiwatch): RouteHandler {
  return async function health(_req, res) {
    sendJson(res, 200, healthReport(aiwatch.service, aiwatch.models));
  };
}

/** `GET /readiness`: 200 once every check holds, 503 until then. */
export function readinessHandler(aiwatch: Aiwatch): RouteHandler {
  return async function readiness(_req, res) {
    const { ready, checks } = await aiwatch.health.readiness();
    sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks });
  };
}
