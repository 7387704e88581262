import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { DoorOptions } from "./door.ts";
import { doorOf } from "./door-of.ts";

export interface AiwatchNodeOptions extends DoorOptions {
  /**
   * The template of the route that took the request, such as `/users/:id`: plain `node:http` has no router that could tell. Asked when the
   * response closed; `undefined` where no route took it. What it throws, and what is no text, is reported: the route is `/*` then.
   * @default `unmatched` for every request
   */
  readonly routeOf?: (req: IncomingMessage) => string | undefined;
}

/** What `http.createServer` takes. */
export type RequestListener = (req: IncomingMessage, res: ServerResponse) => unknown;

/**
 * The door for plain `node:http`: metrics, server span, request id and one log line for each request, and AIWatch's routes.
 * `http.createServer(aiwatchNode(listener, aiwatch))`
 * @param listener the app's own: called with the same pair, and what it returns or throws passes unchanged
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 */
export function aiwatchNode<Listener extends RequestListener>(
  listener: Listener,
  aiwatch?: Aiwatch,
  options: AiwatchNodeOptions = {},
): RequestListener {
  const findDoor = doorOf(aiwatch, options);
  if (findDoor === undefined) return listener;
  const { routeOf } = options;
  return function aiwatchListener(this: unknown, req, res) {
    const door = findDoor();
    if (door === undefined) return listener.call(this, req, res);
    const exchange = { req, res, url: req.url ?? "/", routeOf: () => routeOf?.(req) ?? "unmatched" };
    if (door.answersItself(exchange)) return undefined;
    return door.observe(exchange, () => listener.call(this, req, res));
  };
}
