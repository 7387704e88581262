import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { FrameworkView } from "../request/exchange.ts";
import { NodeExchange } from "../request/node-exchange.ts";
import { type DoorOptions, doorOf } from "./door.ts";
import { type ExpressRequest, routeTemplate } from "./express-routes.ts";

export type { OutsideParents } from "../request/server-span.ts";
export type { RouteName } from "../routes/handlers.ts";
export type { RouteOptions, RoutePaths } from "../routes/own-routes.ts";
export type { DoorOptions } from "./door.ts";

export type AiwatchExpressOptions = DoorOptions;

/** Express's middleware, structurally: fits the types of Express 4 and 5. */
export type ExpressMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * The Express door: metrics, server span, request id and one log line for each request, and AIWatch's routes. Mount it first. Mounted under a
 * path, its routes are under that path.
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 * @example app.use(aiwatchExpress(aiwatch));
 */
export function aiwatchExpress(aiwatch?: Aiwatch, options: AiwatchExpressOptions = {}): ExpressMiddleware {
  const findDoor = doorOf(aiwatch, options, "express");
  if (findDoor === undefined) return (_req, _res, next) => next();
  return function aiwatchMiddleware(req: ExpressRequest, res, next) {
    const door = findDoor();
    if (door === undefined) return next();
    const exchange = new NodeExchange(req, res);
    const view = new ExpressView(req);
    if (door.serveOwnRoute(exchange, view) === undefined) door.observe(exchange, view, next);
  };
}

class ExpressView implements FrameworkView<IncomingMessage> {
  readonly request: ExpressRequest;

  constructor(request: ExpressRequest) {
    this.request = request;
  }

  get url(): string {
    return this.request.originalUrl ?? this.mountedUrl;
  }

  get mountedUrl(): string {
    return this.request.url ?? "/";
  }

  routeOf(path: string): string {
    return routeTemplate(this.request, path);
  }
}
