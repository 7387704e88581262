import { type Aiwatch, defaultAiwatch } from "../aiwatch.ts";
import { Door, type DoorOptions, type Exchange } from "../door/door.ts";
import type { LineIds } from "../request/host-log.ts";
import type { FastifyLike, FastifyPluginLike, FastifyReplyLike, FastifyRequestLike } from "./fastify-like.ts";

export interface AiwatchFastifyOptions extends DoorOptions {
  /** @default the first instance that was created */
  readonly aiwatch?: Aiwatch;
}

/**
 * The Fastify door: metrics, server span, request id and one log line for each request, and AIWatch's routes.
 * `await app.register(aiwatchFastify, { aiwatch })`, before the app's own plugins and routes. Registered inside a plugin it observes that
 * plugin's routes alone, and its own routes are under that plugin's prefix.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used: registering fails
 */
export const aiwatchFastify: FastifyPluginLike<AiwatchFastifyOptions> = function aiwatchFastify(
  fastify,
  options,
  done,
) {
  const aiwatch = options.aiwatch ?? defaultAiwatch();
  if (!aiwatch.disabled) observe(fastify, new Door(aiwatch, options));
  done();
};

/** What Fastify asks of a plugin whose hooks are to hold for its parent, as if they were written there. */
Object.assign(aiwatchFastify, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "@aiwatch/core/fastify",
  [Symbol.for("plugin-meta")]: { name: "@aiwatch/core/fastify", fastify: "5.x" },
});

function observe(fastify: FastifyLike, door: Door): void {
  const { prefix, initialConfig } = fastify;
  const writesLines = initialConfig.disableRequestLogging !== true;
  fastify.addHook("onRequest", (request, reply, done) => {
    const { raw: req, originalUrl: url } = request;
    const exchange: Exchange = {
      req,
      res: reply.raw,
      url,
      mountedUrl: within(prefix, url),
      routeOf: () => routeOf(request),
      joinLog: (ids) => (joinLog(request, reply, ids) ? writesLines : undefined),
    };
    if (door.answersItself(exchange)) reply.hijack();
    else door.observe(exchange, done);
  });
  for (const url of door.ownPaths) {
    // the hook answers before a body is parsed: the route is there so that Fastify comes to the hook, under any prefix
    fastify.route({
      method: ["GET", "POST", "OPTIONS"],
      url,
      exposeHeadRoute: true,
      logLevel: "warn",
      schema: { hide: true },
      handler: (_request, reply) => reply.callNotFound(),
    });
  }
}

/** Fastify's lines of a request are written by loggers of its own, which are there whether it writes any or not. */
function joinLog(request: FastifyRequestLike, reply: FastifyReplyLike, ids: LineIds): boolean {
  const { level } = request.log;
  if (level === undefined || level === "silent") return false;
  request.log = request.log.child(ids);
  reply.log = request.log;
  return true;
}

function routeOf({ routeOptions: { url }, is404 }: FastifyRequestLike): string {
  return is404 === true ? "unmatched" : (url ?? "unmatched");
}

/** What is left of a URL under a plugin's prefix. */
function within(prefix: string, url: string): string {
  return url.startsWith(prefix) ? url.slice(prefix.length) : url;
}
