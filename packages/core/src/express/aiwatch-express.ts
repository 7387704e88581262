import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, defaultAiwatch } from "../aiwatch.ts";
import { Door, type DoorOptions } from "../door/door.ts";
import { type ExpressRequest, routeTemplate } from "./route-template.ts";

export type AiwatchExpressOptions = DoorOptions;

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
  const door = new Door(aiwatch, options);
  return function aiwatchMiddleware(req: ExpressRequest, res, next) {
    const mountedUrl = req.url ?? "/";
    const url = req.originalUrl ?? mountedUrl;
    const exchange = { req, res, url, mountedUrl, routeOf: (path: string) => routeTemplate(req, path) };
    if (!door.answersItself(exchange)) door.observe(exchange, next);
  };
}
