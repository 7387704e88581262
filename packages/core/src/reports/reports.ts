import type { AiwatchHost } from "../aiwatch/host.ts";
import { listModels } from "../compat/model-list.ts";
import { healthReport } from "../health/report.ts";
import { type Answer, sendJson } from "../routes/answer.ts";

/** `GET /metrics/summary`: the figures for a panel in the front end. */
export function answerSummary(aiwatch: AiwatchHost): Answer {
  return async function summary(_req, res) {
    sendJson(res, 200, aiwatch.summary());
  };
}

/** `GET /models`: the models that can be told of, in the Go system's shape. */
export function answerModels(aiwatch: AiwatchHost): Answer {
  return async function models(_req, res) {
    sendJson(res, 200, listModels(aiwatch.models));
  };
}

/** `GET /health`: the process is alive; its uptime, memory and model. */
export function answerHealth(aiwatch: AiwatchHost): Answer {
  return async function health(_req, res) {
    sendJson(res, 200, healthReport(aiwatch.service, aiwatch.models, aiwatch.health));
  };
}

/** `GET /livez`: the process answers. It asks no check: what would restart an app whose database is gone makes it worse. */
export function answerLivez(): Answer {
  return async function livez(_req, res) {
    sendJson(res, 200, { status: "ok" });
  };
}

/** `GET /readyz`: 200 where the app is to be sent traffic, else 503; where it stands, and the state of each check. */
export function answerReadyz(aiwatch: AiwatchHost): Answer {
  return async function readyz(_req, res) {
    const { ready, state, checks } = await aiwatch.health.readiness();
    sendJson(res, ready ? 200 : 503, { status: state, checks });
  };
}

/** `GET /readiness`: the same in the original's shape, `ready` or `not ready`. */
export function answerReadiness(aiwatch: AiwatchHost): Answer {
  return async function readiness(_req, res) {
    const { ready, checks } = await aiwatch.health.readiness();
    const shown = Object.entries(checks).map(([name, { critical: _, ...check }]) => [name, check]);
    sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks: Object.fromEntries(shown) });
  };
}
