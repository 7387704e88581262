import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, defaultAiwatch } from "../aiwatch.ts";
import { observeOwnRequest, observeRequest } from "../request/observe-request.ts";
import { createOwnRoutes, type RouteOptions } from "../routes/own-routes.ts";
import { type ExpressRequest, routeTemplate } from "./route-template.ts";

export interface AiwatchExpressOptions extends RouteOptions {
  /** Whom to name in the request's log line, asked when the response closed. @default nobody */
  readonly userOf?: (req: IncomingMessage) => string | undefined;
}

/** Express's middleware, structurally: fits the types of Express 4 and 5. */
export type ExpressMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * The Express door: metrics, server span, request id and one log line for each request, and AIWatch's routes. Mount it first:
 * `app.use(aiwatchExpress(aiwatch))`. Mounted under a path, its routes are under that path.
 * @param aiwatch @default the first instance that was created
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used
 */
export function aiwatchExpress(
  aiwatch: Aiwatch = defaultAiwatch(),
  options: AiwatchExpressOptions = {},
): ExpressMiddleware {
  if (aiwatch.disabled) return (_req, _res, next) => next();
  const findOwnRoute = createOwnRoutes(aiwatch, options);
  return function aiwatchMiddleware(req: ExpressRequest, res, next) {
    const path = pathOf(req.originalUrl ?? req.url);
    const own = findOwnRoute(req.method ?? "GET", pathOf(req.url));
    if (own !== undefined) {
      observeOwnRequest(aiwatch, req, res, { path, routeOf: () => own.path });
      void own.answer(req, res);
      return;
    }
    const userOf = options.userOf && (() => options.userOf?.(req));
    const door = { path, routeOf: () => routeTemplate(req, path), ...(userOf && { userOf }) };
    observeRequest(aiwatch, req, res, door, next);
  };
}

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}
