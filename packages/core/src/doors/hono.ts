import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { FrameworkView } from "../request/exchange.ts";
import { type DoorOptions, doorOf } from "./door.ts";
import { exchangeOf } from "./hono-exchange.ts";
import type { HonoContextLike } from "./hono-like.ts";
import { routeTemplate, urlBelowMount } from "./hono-routes.ts";

export type { OutsideParents } from "../request/server-span.ts";
export type { RouteName } from "../routes/handlers.ts";
export type { RouteOptions, RoutePaths } from "../routes/own-routes.ts";
export type { DoorOptions } from "./door.ts";
export type { HonoContextLike, HonoRequestLike, HonoRouteLike } from "./hono-like.ts";

/** The options of every door; the app's own functions get Hono's context. */
export type AiwatchHonoOptions<Context extends HonoContextLike = HonoContextLike> = DoorOptions<Context>;

/** Hono's middleware, structurally. */
export type HonoMiddleware<Context extends HonoContextLike = HonoContextLike> = (
  c: Context,
  next: () => Promise<void>,
) => Promise<Response> | Promise<void>;

/**
 * The Hono door: metrics, server span, request id and one log line for each request, and AIWatch's routes. Mount it first: Hono shows a
 * middleware nothing of a request that a route before it took. Mounted under a path, its routes are under that path.
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 * @example app.use(aiwatchHono(aiwatch));
 */
export function aiwatchHono<Context extends HonoContextLike = HonoContextLike>(
  aiwatch?: Aiwatch,
  options: AiwatchHonoOptions<Context> = {},
): HonoMiddleware<Context> {
  const findDoor = doorOf(aiwatch, options, "hono");
  if (findDoor === undefined) return (_c, next) => next();
  return function aiwatchMiddleware(c, next): ReturnType<HonoMiddleware> {
    const door = findDoor();
    const exchange = door && exchangeOf(c);
    if (door === undefined || exchange === undefined) return next();
    const view = new HonoView(c, exchange.url);
    const answered = door.serveOwnRoute(exchange, view);
    if (answered !== undefined) return answered.then<Response>(() => exchange.ownAnswer());
    return exchange.handled(door.observe(exchange, view, next), door.aiwatch.diagnostics);
  };
}

class HonoView<Context extends HonoContextLike> implements FrameworkView<Context> {
  readonly request: Context;
  readonly url: string;
  readonly mountedUrl: string;

  constructor(request: Context, url: string) {
    this.request = request;
    this.url = url;
    this.mountedUrl = urlBelowMount(request.req, url);
  }

  routeOf(): string | undefined {
    return routeTemplate(this.request.req);
  }
}
