import type { IncomingMessage, ServerResponse } from "node:http";
import { type Aiwatch, defaultAiwatch } from "../aiwatch.ts";
import { Door, type DoorOptions } from "../door/door.ts";

export interface AiwatchNodeOptions extends DoorOptions {
  /**
   * The template of the route that took the request, such as `/users/:id`: plain `node:http` has no router that could tell. Asked when the
   * response closed; `undefined` where no route took it.
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
 * @param aiwatch @default the first instance that was created
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used
 */
export function aiwatchNode<Listener extends RequestListener>(
  listener: Listener,
  aiwatch: Aiwatch = defaultAiwatch(),
  options: AiwatchNodeOptions = {},
): RequestListener {
  if (aiwatch.disabled) return listener;
  const door = new Door(aiwatch, options);
  const { routeOf } = options;
  return function aiwatchListener(this: unknown, req, res) {
    const exchange = { req, res, url: req.url ?? "/", routeOf: () => routeOf?.(req) ?? "unmatched" };
    if (door.answersItself(exchange)) return undefined;
    return door.observe(exchange, () => listener.call(this, req, res));
  };
}
