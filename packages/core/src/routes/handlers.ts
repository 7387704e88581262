import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { invalidArgument } from "../base/invalid-argument.ts";
import { AppAnswers } from "../doors/app-answer.ts";
import { answerClientError, answerClientLog } from "../reports/client-reports.ts";
import { type AllowedOrigins, CrossOrigin } from "../reports/cross-origin.ts";
import { checkType } from "../reports/json-body.ts";
import { ReportLimit, type ReportLimits } from "../reports/report-limit.ts";
import {
  answerHealth,
  answerLivez,
  answerModels,
  answerReadiness,
  answerReadyz,
  answerSummary,
} from "../reports/reports.ts";
import { type Answer, isRefusal, Refusal, sendJson, sendRefusal } from "./answer.ts";
import { answerMetrics } from "./metrics.ts";
import { leaveBody } from "./unread-body.ts";

export type RouteName =
  | "metrics"
  | "summary"
  | "models"
  | "health"
  | "readiness"
  | "livez"
  | "readyz"
  | "log"
  | "error";

/** Answers one request in Express, in plain `node:http`, or with any framework's raw pair. Never rejects. */
export type RouteHandler = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface HandlerOptions {
  /**
   * Who may use the route: `true` lets in, everything else is answered 403, an object or a text included. What it throws is reported and
   * answered 500. It has no time limit: a request that it never decides on stays open, as behind a middleware of the app's own. The limit of
   * reports for each client holds before it is asked.
   * @default everyone
   */
  readonly authorize?: (req: IncomingMessage, route: RouteName) => boolean | Promise<boolean>;
  /**
   * Origins whose pages may read the JSON routes and post to `log` and `error`, such as `https://app.example`. `"*"` is everybody's: any page
   * that one of your users visits reads them then, though never with the user's cookies. `metrics` is for scrapers, and stays closed.
   * @default none but the server's own
   */
  readonly allowedOrigins?: AllowedOrigins;
  /** How many reports `log` and `error` take. */
  readonly reportLimits?: ReportLimits;
}

export const routeMethods: Readonly<Record<RouteName, "GET" | "POST">> = {
  metrics: "GET",
  summary: "GET",
  models: "GET",
  health: "GET",
  readiness: "GET",
  livez: "GET",
  readyz: "GET",
  log: "POST",
  error: "POST",
};

/**
 * `GET /metrics` as a handler, for a server or a port of its own.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that cannot be used
 * @example createServer(metricsHandler(aiwatch)).listen(9090);
 */
export function metricsHandler(aiwatch: Aiwatch, options?: HandlerOptions): RouteHandler {
  return createHandler(hostOf(aiwatch), "metrics", options);
}

/**
 * Any of AIWatch's routes as a handler, wherever you serve it.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a name that is none of a route, and for an option that cannot be used
 * @example app.get("/models", routeHandler(aiwatch, "models", { allowedOrigins: ["http://localhost:3000"] }));
 */
export function routeHandler(aiwatch: Aiwatch, name: RouteName, options?: HandlerOptions): RouteHandler {
  checkRouteName(name);
  return createHandler(hostOf(aiwatch), name, options);
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no route's name */
export function checkRouteName(name: unknown): void {
  if (typeof name !== "string" || !Object.hasOwn(routeMethods, name))
    throw invalidArgument("the route", name, `one of ${Object.keys(routeMethods).join(", ")}`);
}

/** Who of other origins may use a route. @returns undefined where nobody may */
export function crossOriginOf(name: RouteName, { allowedOrigins = [] }: HandlerOptions): CrossOrigin | undefined {
  const crossOrigin = new CrossOrigin(allowedOrigins, routeMethods[name] === "POST" ? "POST" : "GET, HEAD");
  return name === "metrics" || !crossOrigin.isOpen ? undefined : crossOrigin;
}

/**
 * Authorises, answers, and turns every refusal and fault into an answer.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an `allowedOrigins`, an `authorize` or a `reportLimits` that cannot be used
 */
export function createHandler(aiwatch: AiwatchHost, name: RouteName, options: HandlerOptions = {}): RouteHandler {
  // one that stands in may come to be enabled or disabled: it is asked at each request
  if (aiwatch.standsIn) {
    const route = createRoute(aiwatch, name, options);
    return (req, res) => (aiwatch.disabled ? refuseDisabled(req, res) : route(req, res));
  }
  return aiwatch.disabled ? refuseDisabled : createRoute(aiwatch, name, options);
}

const refuseDisabled: RouteHandler = async (_req, res) => refuse(res, new Refusal(404, "AIWatch is disabled"));

function createRoute(aiwatch: AiwatchHost, name: RouteName, options: HandlerOptions): RouteHandler {
  const answer = answerOf(aiwatch, name);
  const crossOrigin = crossOriginOf(name, options);
  const isPost = routeMethods[name] === "POST";
  const admit = isPost ? admitReport(aiwatch, name, options) : admitReader(aiwatch, name, options);
  return async function aiwatchRoute(req, res) {
    try {
      if (!isPost || req.method !== "POST") await leaveBody(req, res);
      if (crossOrigin?.admit(req, res)) return;
      await admit(req);
      await answer(req, res);
    } catch (error) {
      await leaveBody(req, res, isRefusal(error) && error.status === 408);
      if (isRefusal(error)) refuse(res, error);
      else fail(aiwatch, name, res, error);
    }
  };
}

/** Returns where a request may use a route, and throws the refusal where it may not. */
type Admit = (req: IncomingMessage) => Promise<void>;

function admitReader(aiwatch: AiwatchHost, name: RouteName, { authorize }: HandlerOptions): Admit {
  if (authorize !== undefined && typeof authorize !== "function")
    throw invalidArgument("authorize", authorize, "a function");
  const answers = new AppAnswers(aiwatch.diagnostics);
  return async function admitReader(req) {
    if (authorize === undefined) return;
    if (!answers.isTrue("the option authorize", await authorize(req, name))) throw new Refusal(403, "not allowed");
  };
}

/**
 * A client's own limit stands before `authorize`: no flood comes to what the app asks there. What all share is counted behind it: those who are
 * refused use up nothing of it.
 */
function admitReport(aiwatch: AiwatchHost, name: RouteName, options: HandlerOptions): Admit {
  const limit = new ReportLimit(aiwatch, options.reportLimits);
  const admitReported = admitReader(aiwatch, name, options);
  return async function admitReport(req) {
    if (req.method !== "POST") throw new Refusal(405, "only POST is allowed here", { allow: "POST" });
    // any page can have its visitors' browsers send other types: that must not use up what they may send themselves
    checkType(req);
    limit.admitClient(req);
    await admitReported(req);
    limit.admitAmongAll();
  };
}

function answerOf(aiwatch: AiwatchHost, name: RouteName): Answer {
  switch (name) {
    case "metrics":
      return answerMetrics(aiwatch);
    case "summary":
      return answerSummary(aiwatch);
    case "models":
      return answerModels(aiwatch);
    case "health":
      return answerHealth(aiwatch);
    case "readiness":
      return answerReadiness(aiwatch);
    case "livez":
      return answerLivez();
    case "readyz":
      return answerReadyz(aiwatch);
    case "log":
      return answerClientLog(aiwatch);
    case "error":
      return answerClientError(aiwatch);
    default:
      return name satisfies never;
  }
}

function refuse(res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent) breakOff(res);
  else sendRefusal(res, refusal);
}

function fail(aiwatch: AiwatchHost, name: RouteName, res: ServerResponse, error: unknown): void {
  aiwatch.diagnostics.fault("route", `route ${name}`, error);
  if (res.headersSent) breakOff(res);
  else sendJson(res, 500, { error: "this route failed; see the diagnostics" });
}

/** An answer of ours that broke in its middle is cut; one that the app gave meanwhile, after a timeout of its own, is left alone. */
function breakOff(res: ServerResponse): void {
  if (!res.writableEnded) res.destroy();
}
