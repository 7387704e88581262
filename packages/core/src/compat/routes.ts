import type { Health } from "../health/health.ts";
import type { ModelBoard } from "../models/model-board.ts";
import { type Answer, sendJson } from "../routes/answer.ts";
import { listModels } from "./model-list.ts";

/** `GET /models`, in the Go system's shape. */
export function answerModels(host: { readonly models: ModelBoard }): Answer {
  return async function models(_req, res) {
    sendJson(res, 200, listModels(host.models));
  };
}

/** `GET /readiness`: what `/readyz` says, as the original did: `ready` or `not ready`. */
export function answerReadiness(host: { readonly health: Health }): Answer {
  return async function readiness(_req, res) {
    const { ready, checks } = await host.health.readiness();
    const shown = Object.entries(checks).map(([name, { critical: _, ...check }]) => [name, check]);
    sendJson(res, ready ? 200 : 503, { status: ready ? "ready" : "not ready", checks: Object.fromEntries(shown) });
  };
}
