import type { IncomingMessage } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { FrameworkView, HostLine, LoggedRequest } from "../request/exchange.ts";
import { NodeExchange } from "../request/node-exchange.ts";
import { unbound } from "../request/pino-http.ts";
import { unmatched } from "../request/record.ts";
import { type DoorOptions, doorOf, type FindDoor } from "./door.ts";
import type {
  FastifyLike,
  FastifyPluginLike,
  FastifyReplyLike,
  FastifyRequestLike,
  OnRequest,
  OwnRouteOptions,
} from "./fastify-like.ts";

export type { OutsideParents } from "../request/server-span.ts";
export type { DoorOptions } from "./door.ts";
export type {
  Done,
  FastifyLike,
  FastifyLoggerLike,
  FastifyPluginLike,
  FastifyReplyLike,
  FastifyRequestLike,
} from "./fastify-like.ts";

export interface AiwatchFastifyOptions extends DoorOptions {
  /** @default the default instance, whichever it is when a request comes; its routes are added where it is enabled when the door is registered */
  readonly aiwatch?: Aiwatch;
}

/**
 * The Fastify door: metrics, server span, request id and one log line for each request, and AIWatch's routes.
 * Register it before the app's own plugins and routes. Registered inside a plugin it observes that
 * plugin's routes alone, and its own routes are under that plugin's prefix.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used, and, without an instance, what `defaultAiwatch`
 *   throws: registering fails
 * @example await app.register(aiwatchFastify, { aiwatch });
 */
export const aiwatchFastify: FastifyPluginLike<AiwatchFastifyOptions> = function aiwatchFastify(
  fastify,
  options,
  done,
) {
  try {
    const findDoor = doorOf(options.aiwatch, options, "fastify", ["aiwatch", ...registerOptions]);
    if (findDoor !== undefined) observe(fastify, findDoor);
  } catch (error) {
    // what such a plugin throws would be uncaught, and the end of the process
    done(error as Error);
    return;
  }
  done();
};

/** Fastify's own, which a plugin is handed with its options. */
const registerOptions = ["prefix", "logLevel", "logSerializers"];

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
    const exchange = new NodeExchange(request.raw, reply.raw);
    const view = new FastifyView(fastify, request, reply);
    if (door.serveOwnRoute(exchange, view) !== undefined) reply.hijack();
    else door.observe(exchange, view, done);
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

class FastifyView implements FrameworkView<IncomingMessage> {
  readonly #fastify: FastifyLike;
  readonly #request: FastifyRequestLike;
  readonly #reply: FastifyReplyLike;
  /** Asked for once: Fastify makes a new object of a route's options each time. */
  readonly #route: string | undefined;

  constructor(fastify: FastifyLike, request: FastifyRequestLike, reply: FastifyReplyLike) {
    this.#fastify = fastify;
    this.#request = request;
    this.#reply = reply;
    this.#route = request.routeOptions.url;
  }

  get request(): IncomingMessage {
    return this.#request.raw;
  }

  get url(): string {
    return this.#request.originalUrl;
  }

  get mountedUrl(): string {
    return within(this.#fastify.prefix, this.#route);
  }

  routeOf(): string {
    // a handler may leave the request to the one that answers what was not found
    return this.#request.is404 ? unmatched : (this.#route ?? unmatched);
  }

  joinLog(request: LoggedRequest): HostLine | undefined {
    return joinLine(this.#fastify, this.#request, this.#reply, request);
  }
}

/** What is left of a route under its plugin's prefix, which may hold parameters. */
function within(prefix: string, route: string | undefined): string {
  if (!route?.startsWith(prefix)) return "";
  const rest = route.slice(prefix.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** What decides on Fastify's lines, from 5.8 on. */
interface LogController {
  isLogDisabled(request: FastifyRequestLike): boolean;
}

/**
 * Fastify's line of a request gains the ids: the request's logger becomes a child that names them.
 * @returns undefined where logging is off: its loggers are there whether they write or not
 */
function joinLine(
  fastify: FastifyLike,
  request: FastifyRequestLike,
  reply: FastifyReplyLike,
  ids: LoggedRequest,
): HostLine | undefined {
  const { log } = request;
  if (log.level === undefined || log.level === "silent") return undefined;
  request.log = log.child(unbound(ids.lineIds(), log));
  reply.log = request.log;
  // Fastify writes it at `finish`, and it may wait for asynchronous hooks
  const isWritten = (finished: boolean) =>
    finished && log.isLevelEnabled?.("info") !== false && !isDisabled(fastify, request);
  return { isWritten };
}

function isDisabled(fastify: FastifyLike, request: FastifyRequestLike): boolean {
  const controller = logController(fastify);
  return controller === undefined
    ? fastify.initialConfig.disableRequestLogging === true
    : controller.isLogDisabled(request) === true;
}

/** It is kept by the outermost instance, under a symbol that is not exported. */
function logController(fastify: FastifyLike): LogController | undefined {
  for (let holder: object | null = fastify; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const key = Object.getOwnPropertySymbols(holder).find(({ description }) => description === "fastify.logController");
    if (key !== undefined) return Reflect.get(holder, key);
  }
  return undefined;
}
