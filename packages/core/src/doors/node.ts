import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { FrameworkView } from "../request/exchange.ts";
import { NodeExchange } from "../request/node-exchange.ts";
import { unmatched } from "../request/record.ts";
import { type DoorOptions, doorOf } from "./door.ts";

export type { OutsideParents } from "../request/server-span.ts";
export type { DoorOptions } from "./door.ts";

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
 * @param listener the app's own: called with the same pair, and what it returns or throws passes unchanged
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 * @example http.createServer(aiwatchNode(listener, aiwatch)).listen(3000);
 */
export function aiwatchNode<Listener extends RequestListener>(
  listener: Listener,
  aiwatch?: Aiwatch,
  options: AiwatchNodeOptions = {},
): RequestListener {
  const findDoor = doorOf(aiwatch, options, "node:http", ["routeOf"]);
  if (findDoor === undefined) return listener;
  const { routeOf } = options;
  return function aiwatchListener(this: unknown, req, res) {
    const door = findDoor();
    if (door === undefined) return listener.call(this, req, res);
    const exchange = new NodeExchange(req, res);
    const view = new NodeView(req, routeOf);
    if (door.serveOwnRoute(exchange, view) !== undefined) return undefined;
    return door.observe(exchange, view, () => listener.call(this, req, res));
  };
}

class NodeView implements FrameworkView<IncomingMessage> {
  readonly request: IncomingMessage;
  readonly url: string;
  readonly #routeOf: AiwatchNodeOptions["routeOf"];

  constructor(request: IncomingMessage, routeOf: AiwatchNodeOptions["routeOf"]) {
    this.request = request;
    this.url = request.url ?? "/";
    this.#routeOf = routeOf;
  }

  get mountedUrl(): string {
    return this.url;
  }

  routeOf(): unknown {
    return this.#routeOf?.(this.request) ?? unmatched;
  }
}
