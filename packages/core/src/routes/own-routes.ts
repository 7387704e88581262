import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch.ts";
import { AiwatchError } from "../errors.ts";
import { clientErrorHandler, clientLogHandler, type ReportLimits } from "./client-reports.ts";
import { crossOrigin } from "./cross-origin.ts";
import { Refusal, type RouteHandler, sendJson, sendRefusal } from "./handler.ts";
import { metricsHandler } from "./metrics.ts";
import { healthHandler, readinessHandler, summaryHandler } from "./reports.ts";

export type RouteName = "metrics" | "summary" | "health" | "readiness" | "log" | "error";

/** Where each route is: a path, or false to leave it out. */
export interface RoutePaths {
  /** @default "/metrics" */
  readonly metrics?: string | false;
  /** @default "/metrics/summary" */
  readonly summary?: string | false;
  /** @default "/health" */
  readonly health?: string | false;
  /** @default "/readiness" */
  readonly readiness?: string | false;
  /** Takes what browsers measured: opt in with `true` ("/metrics/log") or a path. @default false */
  readonly log?: string | boolean;
  /** Takes the errors that browsers had: opt in with `true` ("/metrics/error") or a path. @default false */
  readonly error?: string | boolean;
}

export interface RouteOptions {
  /** Which routes are served, and where; false serves none. @default the four GET routes */
  readonly routes?: RoutePaths | false;
  /** Who may use them: false answers 403. @default everyone */
  readonly authorize?: (req: IncomingMessage, route: RouteName) => boolean | Promise<boolean>;
  /** Origins whose pages may post to `log` and `error`, such as `https://app.example`. @default none but the server's own */
  readonly allowedOrigins?: readonly string[];
  readonly reportLimits?: ReportLimits;
}

const defaults: Readonly<
  Record<RouteName, { readonly path: string; readonly method: "GET" | "POST"; readonly on: boolean }>
> = {
  metrics: { path: "/metrics", method: "GET", on: true },
  summary: { path: "/metrics/summary", method: "GET", on: true },
  health: { path: "/health", method: "GET", on: true },
  readiness: { path: "/readiness", method: "GET", on: true },
  log: { path: "/metrics/log", method: "POST", on: false },
  error: { path: "/metrics/error", method: "POST", on: false },
};

/** One of AIWatch's routes, ready to answer. It never rejects. */
export interface OwnRoute {
  readonly path: string;
  answer(req: IncomingMessage, res: ServerResponse): Promise<void>;
}

/** Finds the route that a request is for, if it is for one of ours. */
export type FindOwnRoute = (method: string, path: string) => OwnRoute | undefined;

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a path that does not begin with a slash, and for two routes on one path */
export function createOwnRoutes(aiwatch: Aiwatch, options: RouteOptions = {}): FindOwnRoute {
  const routes = new Map<string, OwnRoute & { readonly method: "GET" | "POST" }>();
  for (const name of Object.keys(defaults) as RouteName[]) {
    const path = pathOf(name, options.routes);
    if (path === undefined) continue;
    if (routes.has(path)) throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", `two routes on ${JSON.stringify(path)}`);
    routes.set(path, { path, method: defaults[name].method, answer: answerWith(aiwatch, name, options) });
  }
  return (method, path) => {
    const route = routes.get(path);
    if (route === undefined) return undefined;
    // a GET route leaves other methods to the app; the POST doors answer 405 themselves
    return route.method === "POST" || method === "GET" || method === "HEAD" ? route : undefined;
  };
}

function pathOf(name: RouteName, paths: RoutePaths | false = {}): string | undefined {
  if (paths === false) return undefined;
  const { path, on } = defaults[name];
  const chosen = paths[name] ?? on;
  if (chosen === false) return undefined;
  if (chosen === true) return path;
  if (chosen.startsWith("/")) return chosen;
  throw new AiwatchError(
    "AIWATCH_INVALID_ARGUMENT",
    `routes.${name} is ${JSON.stringify(chosen)}, expected a path that begins with "/"`,
  );
}

function handlerOf(aiwatch: Aiwatch, name: RouteName, { reportLimits }: RouteOptions): RouteHandler {
  switch (name) {
    case "metrics":
      return metricsHandler(aiwatch);
    case "summary":
      return summaryHandler(aiwatch);
    case "health":
      return healthHandler(aiwatch);
    case "readiness":
      return readinessHandler(aiwatch);
    case "log":
      return clientLogHandler(aiwatch, reportLimits);
    case "error":
      return clientErrorHandler(aiwatch, reportLimits);
    default:
      return name satisfies never;
  }
}

/** Authorises, answers, and turns every refusal and fault into an answer. */
function answerWith(aiwatch: Aiwatch, name: RouteName, options: RouteOptions): OwnRoute["answer"] {
  const handler = handlerOf(aiwatch, name, options);
  const isPost = defaults[name].method === "POST";
  return async function answer(req, res) {
    try {
      if (isPost && crossOrigin(req, res, options.allowedOrigins)) return;
      if (isPost && req.method !== "POST") throw new Refusal(405, "only POST is allowed here", { allow: "POST" });
      if (options.authorize && !(await options.authorize(req, name))) throw new Refusal(403, "not allowed");
      await handler(req, res);
    } catch (error) {
      if (error instanceof Refusal) sendRefusal(res, error);
      else fail(aiwatch, name, res, error);
    }
  };
}

function fail(aiwatch: Aiwatch, name: RouteName, res: ServerResponse, error: unknown): void {
  aiwatch.diagnostics.fault("route", `route ${name}`, error);
  if (res.headersSent) res.destroy();
  else sendJson(res, 500, { error: "this route failed; see the diagnostics" });
}
