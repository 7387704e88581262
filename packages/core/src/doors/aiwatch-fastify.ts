import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { HostLine, LineIds } from "../request/host-line.ts";
import type { DoorOptions, Exchange } from "./door.ts";
import { doorOf, type FindDoor } from "./door-of.ts";
import type {
  FastifyLike,
  FastifyPluginLike,
  FastifyReplyLike,
  FastifyRequestLike,
  OnRequest,
  OwnRouteOptions,
} from "./fastify-like.ts";
import { joinLine } from "./join-line.ts";

export interface AiwatchFastifyOptions extends DoorOptions {
  /** @default the default instance, whichever it is when a request comes; its routes are added where it is enabled when the door is registered */
  readonly aiwatch?: Aiwatch;
}

/**
 * The Fastify door: metrics, server span, request id and one log line for each request, and AIWatch's routes.
 * `await app.register(aiwatchFastify, { aiwatch })`, before the app's own plugins and routes. Registered inside a plugin it observes that
 * plugin's routes alone, and its own routes are under that plugin's prefix.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used, and, without an instance, what `defaultAiwatch`
 *   throws: registering fails
 */
export const aiwatchFastify: FastifyPluginLike<AiwatchFastifyOptions> = function aiwatchFastify(
  fastify,
  options,
  done,
) {
  try {
    const findDoor = doorOf(options.aiwatch, options);
    if (findDoor !== undefined) observe(fastify, findDoor);
  } catch (error) {
    // what such a plugin throws would be uncaught, and the end of the process
    done(error as Error);
    return;
  }
  done();
};

/** What Fastify asks of a plugin whose hooks are to hold for its parent, as if they were written there. */
Object.assign(aiwatchFastify, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@aiwatch/core/fastify",
  [Symbol.for("plugin-meta")]: { name: "@aiwatch/core/fastify", fastify: "5.x" },
});

/** Those that a route may have. */
const methods = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"] as const;

function observe(fastify: FastifyLike, findDoor: FindDoor): void {
  const onRequest: OnRequest = (request, reply, done) => {
    const door = findDoor();
    if (door === undefined) return done();
    const exchange = new FastifyExchange(fastify, request, reply);
    if (door.answersItself(exchange)) reply.hijack();
    else door.observe(exchange, done);
  };
  fastify.addHook("onRequest", onRequest as never);
  for (const own of findDoor()?.ownRoutes(methods) ?? []) {
    // the hook answers before a body is parsed: the route is there so that Fastify comes to the hook, under any prefix
    const route: OwnRouteOptions = {
      method: own.methods,
      url: own.path,
      exposeHeadRoute: false,
      logLevel: "warn",
      schema: { hide: true },
      handler: (_request, reply) => reply.callNotFound(),
    };
    fastify.route(route as never);
  }
}

class FastifyExchange implements Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly url: string;
  readonly mountedUrl: string;
  readonly #fastify: FastifyLike;
  readonly #request: FastifyRequestLike;
  readonly #reply: FastifyReplyLike;

  constructor(fastify: FastifyLike, request: FastifyRequestLike, reply: FastifyReplyLike) {
    this.req = request.raw;
    this.res = reply.raw;
    this.url = request.originalUrl;
    this.mountedUrl = within(fastify.prefix, request.routeOptions.url);
    this.#fastify = fastify;
    this.#request = request;
    this.#reply = reply;
  }

  routeOf(): string {
    return this.#request.routeOptions.url ?? "unmatched";
  }

  joinLog(idsOf: () => LineIds): HostLine | undefined {
    return joinLine(this.#fastify, this.#request, this.#reply, idsOf);
  }
}

/** What is left of a route under its plugin's prefix, which may hold parameters. */
function within(prefix: string, route: string | undefined): string {
  if (!route?.startsWith(prefix)) return "";
  const rest = route.slice(prefix.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
