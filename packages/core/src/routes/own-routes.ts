import type { Aiwatch } from "../aiwatch.ts";
import { AiwatchError } from "../errors.ts";
import { createHandler, type HandlerOptions, type RouteHandler, type RouteName, routeMethods } from "./handlers.ts";

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
  /** @default "/livez" */
  readonly livez?: string | false;
  /** @default "/readyz" */
  readonly readyz?: string | false;
  /** Takes what browsers measured: opt in with `true` ("/metrics/log") or a path. @default false */
  readonly log?: string | boolean;
  /** Takes the errors that browsers had: opt in with `true` ("/metrics/error") or a path. @default false */
  readonly error?: string | boolean;
}

export interface RouteOptions extends HandlerOptions {
  /** Which routes are served, and where; false serves none. @default the GET routes */
  readonly routes?: RoutePaths | false;
}

const defaults: Readonly<Record<RouteName, { readonly path: string; readonly on: boolean }>> = {
  metrics: { path: "/metrics", on: true },
  summary: { path: "/metrics/summary", on: true },
  health: { path: "/health", on: true },
  readiness: { path: "/readiness", on: true },
  livez: { path: "/livez", on: true },
  readyz: { path: "/readyz", on: true },
  log: { path: "/metrics/log", on: false },
  error: { path: "/metrics/error", on: false },
};

/** One of AIWatch's routes, ready to answer. It never rejects. */
export interface OwnRoute {
  readonly path: string;
  readonly answer: RouteHandler;
}

/** AIWatch's routes in one app. */
export interface OwnRoutes {
  readonly paths: readonly string[];
  /** The route that a request is for, if it is for one of ours. */
  find(method: string, path: string): OwnRoute | undefined;
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a path that does not begin with a slash, and for two routes on one path */
export function createOwnRoutes(aiwatch: Aiwatch, options: RouteOptions = {}): OwnRoutes {
  const routes = new Map<string, OwnRoute & { readonly name: RouteName }>();
  for (const name of Object.keys(defaults) as RouteName[]) {
    const path = pathOf(name, options.routes);
    if (path === undefined) continue;
    if (routes.has(path)) throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", `two routes on ${JSON.stringify(path)}`);
    routes.set(path, { path, name, answer: createHandler(aiwatch, name, options) });
  }
  return {
    paths: [...routes.keys()],
    find(method, path) {
      const route = routes.get(path);
      if (route === undefined) return undefined;
      // a GET route leaves other methods to the app; the POST doors answer 405 themselves
      return routeMethods[route.name] === "POST" || method === "GET" || method === "HEAD" ? route : undefined;
    },
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
