import { unmatched } from "../request/record.ts";
import type { HonoRequestLike, HonoRouteLike } from "./hono-like.ts";

/**
 * The template of the route that took the request: `/users/:id`, the prefixes of `route()` and `basePath()` included. Where a middleware answered
 * ahead of it, it is the route that the request was for.
 * @returns `unmatched` where no route took it; undefined where a release does not say which routes matched
 */
export function routeTemplate({ matchedRoutes, routeIndex }: HonoRequestLike): string | undefined {
  if (matchedRoutes === undefined) return undefined;
  const last = matchedRoutes[routeIndex];
  if (last !== undefined && !isMiddleware(last)) return last.path;
  for (let index = matchedRoutes.length - 1; index >= 0; index -= 1) {
    const route = matchedRoutes[index];
    if (route !== undefined && !isMiddleware(route)) return route.path;
  }
  return unmatched;
}

/** Hono keeps both in one list. `app.all` has the same method as `app.use`, and a handler may take `next`, as one of a middleware must. */
function isMiddleware({ method, handler }: HonoRouteLike): boolean {
  return method === "ALL" && original(handler).length > 1;
}

/** Hono wraps the handlers of an app with an `onError` of its own when `route()` mounts it: the wrapper takes `next`, whatever it wraps. */
function original(handler: HonoRouteLike["handler"]): HonoRouteLike["handler"] {
  const wrapped: unknown = Reflect.get(handler, "__COMPOSED_HANDLER") ?? Reflect.get(handler, composedIn(handler));
  return typeof wrapped === "function" ? original(wrapped as HonoRouteLike["handler"]) : handler;
}

/** Where the first releases of Hono 4 keep what is wrapped. */
function composedIn(handler: object): PropertyKey {
  return Object.getOwnPropertySymbols(handler).find(({ description }) => description === "composedHandler") ?? "";
}

/**
 * What is left of a URL below the place where the running middleware is mounted: `/metrics` of `/api/metrics`, for one on `/api/*`. The place may
 * hold parameters, each of which is a segment.
 */
export function urlBelowMount({ matchedRoutes, routeIndex }: HonoRequestLike, url: string): string {
  const mount = matchedRoutes?.[routeIndex]?.path ?? "/*";
  if (mount === "/*" || mount === "*") return url;
  let rest = url;
  for (const segment of mount.split("/").slice(1)) {
    if (segment === "*") return rest;
    rest = rest.slice(1).replace(/^[^/?#]*/, "");
  }
  return rest;
}
