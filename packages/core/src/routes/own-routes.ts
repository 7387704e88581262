import type { IncomingMessage } from "node:http";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { invalidArgument } from "../base/errors.ts";
import { type CrossOrigin, isPreflight, type RequestHead } from "./cross-origin.ts";
import {
  checkServed,
  createHandler,
  crossOriginOf,
  type HandlerOptions,
  isReportName,
  type RouteAnswer,
  type RouteName,
  routeDefaults,
} from "./handlers.ts";
import { checkNames } from "./option-names.ts";

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
  /**
   * Lists the chats under way and those that ended last: opt in with `true` ("/metrics/chats") or a path, with `authorize` or `public: true`
   * beside it. @default false
   */
  readonly chats?: string | boolean;
  /**
   * Streams the summary and the chats to a page, where `live` is given, with `authorize` or `public: true` beside it. @default "/metrics/live"
   */
  readonly live?: string | boolean;
  /** Tells what this process has of AIWatch, where `diagnostics` is given. @default "/metrics/diagnostics" */
  readonly diagnostics?: string | boolean;
  /** Lists the models, in the Go system's shape: opt in with `true` ("/models") or a path. @default false */
  readonly models?: string | boolean;
  /** Takes what browsers measured, where `reports` is given. @default "/metrics/log" */
  readonly log?: string | boolean;
  /** Takes the errors that browsers had, where `reports` is given. @default "/metrics/error" */
  readonly error?: string | boolean;
  /** Takes the batches of `@aiwatch/browser`, where `reports` is given. @default "/aiwatch/browser" */
  readonly browser?: string | boolean;
}

export interface RouteOptions<Request = IncomingMessage> extends HandlerOptions<Request> {
  /** Which routes are served, and where; false serves none. @default the GET routes but `chats` and `models`, and what `reports`, `diagnostics` and `live` serve */
  readonly routes?: RoutePaths | false;
}

/** One of AIWatch's routes, ready to answer. It never rejects. */
export interface OwnRoute<Request = IncomingMessage> {
  readonly name: RouteName;
  readonly path: string;
  readonly answer: RouteAnswer<Request>;
}

/** A route and the methods that come to it. */
export interface RouteMethods<Method extends string> {
  readonly path: string;
  readonly methods: readonly Method[];
}

/** AIWatch's routes in one app. */
export interface OwnRoutes<Request = IncomingMessage> {
  /** Where they are, and which of `methods` may be for each of them. */
  among<Method extends string>(methods: readonly Method[]): RouteMethods<Method>[];
  /** The route that a request is for, if it is for one of ours. */
  find(req: RequestHead, path: string): OwnRoute<Request> | undefined;
}

interface Route<Request> extends OwnRoute<Request> {
  readonly crossOrigin: CrossOrigin | undefined;
}

/**
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what can be no path, a route that there is not, two routes on one path, and for
 *   an `allowedOrigins`, an `authorize`, a `public`, a `reports`, a `diagnostics` or a `live` that cannot be used; for `chats` and `live` with neither `authorize` nor `public: true`,
 *   and for `diagnostics` without `authorize`
 */
export function createOwnRoutes<Request = IncomingMessage>(
  aiwatch: AiwatchHost,
  options: RouteOptions<Request> = {},
): OwnRoutes<Request> {
  checkRoutes(options.routes);
  const routes = new Map<string, Route<Request>>();
  for (const name of Object.keys(routeDefaults) as RouteName[]) {
    const path = pathOf(name, options);
    if (path === undefined) continue;
    const other = routes.get(path);
    if (other !== undefined)
      throw invalidArgument(`routes.${name}`, path, `a path of its own: routes.${other.name} has this one`);
    const crossOrigin = crossOriginOf(name, options);
    routes.set(path, { path, name, crossOrigin, answer: createHandler(aiwatch, name, options) });
  }
  return {
    among: (methods) =>
      Array.from(routes.values(), (route) => ({
        path: route.path,
        methods: methods.filter((method) => takes(route, method) || (method === "OPTIONS" && route.crossOrigin)),
      })),
    find(req, path) {
      const route = routes.get(path);
      if (route === undefined) return undefined;
      return takes(route, req.method ?? "GET") || asksFor(route, req) ? route : undefined;
    },
  };
}

/** A GET route leaves other methods to the app; the POST doors answer 405 themselves. */
function takes({ name }: { readonly name: RouteName }, method: string): boolean {
  return isReportName(name) || method === "GET" || method === "HEAD";
}

/** Whether it is the preflight of a page that may use the route. All others are the app's to answer. */
function asksFor({ crossOrigin }: { readonly crossOrigin: CrossOrigin | undefined }, req: RequestHead): boolean {
  return isPreflight(req) && crossOrigin?.allows(req) === true;
}

function pathOf(name: RouteName, options: RouteOptions<never>): string | undefined {
  const { routes = {} } = options;
  if (routes === false) return undefined;
  const { path, on = false, by: option } = routeDefaults[name];
  const chosen: unknown = routes[name] ?? (option === undefined ? on : options[option] !== undefined);
  if (chosen === false) return undefined;
  if (option !== undefined) checkServed(`routes.${name}`, chosen, option, options[option]);
  if (chosen === true) return path;
  if (typeof chosen === "string" && /^\/[^\s?#]*$/.test(chosen)) return chosen;
  throw invalidArgument(`routes.${name}`, chosen, 'a path that begins with "/", without query, or false');
}

/** A route that is spelled wrong would stay open. */
function checkRoutes(paths: unknown): void {
  if (paths === undefined || paths === false) return;
  if (typeof paths !== "object" || paths === null)
    throw invalidArgument("routes", paths, "an object of paths, or false");
  checkNames("routes", paths, Object.keys(routeDefaults), "the names of routes:");
}
