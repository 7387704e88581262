import type { Health } from "../health/health.ts";
import { type HealthHost, healthReport } from "../health/report.ts";
import { type Answer, sendJson } from "./answer.ts";

/** `GET /metrics/summary`: the figures for a panel in the front end. */
export function answerSummary(host: { summary(): unknown }): Answer {
  return async function summary(_req, res) {
    sendJson(res, 200, host.summary());
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
