import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { DoorOptions, Exchange } from "./door.ts";
import { doorOf } from "./door-of.ts";
import { type ExpressRequest, routeTemplate } from "./route-template.ts";

export type AiwatchExpressOptions = DoorOptions;

/** Express's middleware, structurally: fits the types of Express 4 and 5. */
export type ExpressMiddleware = (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * The Express door: metrics, server span, request id and one log line for each request, and AIWatch's routes. Mount it first:
 * `app.use(aiwatchExpress(aiwatch))`. Mounted under a path, its routes are under that path.
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 */
export function aiwatchExpress(aiwatch?: Aiwatch, options: AiwatchExpressOptions = {}): ExpressMiddleware {
  const findDoor = doorOf(aiwatch, options);
  if (findDoor === undefined) return (_req, _res, next) => next();
  return function aiwatchMiddleware(req: ExpressRequest, res, next) {
    const door = findDoor();
    if (door === undefined) return next();
    const exchange = new ExpressExchange(req, res);
    if (!door.answersItself(exchange)) door.observe(exchange, next);
  };
}

class ExpressExchange implements Exchange {
  readonly req: ExpressRequest;
  readonly res: ServerResponse;
  readonly url: string;
  readonly mountedUrl: string;

  constructor(req: ExpressRequest, res: ServerResponse) {
    this.req = req;
    this.res = res;
    this.mountedUrl = req.url ?? "/";
    this.url = req.originalUrl ?? this.mountedUrl;
  }

  routeOf(path: string): string {
    return routeTemplate(this.req, path);
  }
}
