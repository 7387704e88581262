import type { IncomingMessage, ServerResponse } from "node:http";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { Diagnostics } from "../base/diagnostics.ts";
import type { ExchangeOwner, FrameworkView } from "../request/exchange.ts";
import { NodeExchange } from "../request/node-exchange.ts";
import { type DoorOptions, doorOf } from "./door.ts";
import type { HonoContextLike } from "./hono-like.ts";
import { routeTemplate, urlBelowMount } from "./hono-routes.ts";

export type { OutsideParents } from "../request/server-span.ts";
export type { RouteName } from "../routes/handlers.ts";
export type { RouteOptions, RoutePaths } from "../routes/own-routes.ts";
export type { DoorOptions } from "./door.ts";
export type { HonoContextLike, HonoRequestLike, HonoRouteLike } from "./hono-like.ts";

/** The options of every door; the app's own functions get Hono's context. */
export type AiwatchHonoOptions<Context extends HonoContextLike = HonoContextLike> = DoorOptions<Context>;

/** Hono's middleware, structurally. */
export type HonoMiddleware<Context extends HonoContextLike = HonoContextLike> = (
  c: Context,
  next: () => Promise<void>,
) => Promise<Response> | Promise<void>;

/**
 * The Hono door: metrics, server span, request id and one log line for each request, and AIWatch's routes. Mount it first: Hono shows a
 * middleware nothing of a request that a route before it took. Mounted under a path, its routes are under that path.
 * @param aiwatch @default the default instance, whichever it is when a request comes
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a route's path that cannot be used; without an instance, what `defaultAiwatch` throws
 * @example app.use(aiwatchHono(aiwatch));
 */
export function aiwatchHono<Context extends HonoContextLike = HonoContextLike>(
  aiwatch?: Aiwatch,
  options: AiwatchHonoOptions<Context> = {},
): HonoMiddleware<Context> {
  const findDoor = doorOf(aiwatch, options);
  if (findDoor === undefined) return (_c, next) => next();
  return function aiwatchMiddleware(c, next): ReturnType<HonoMiddleware> {
    const door = findDoor();
    const pair = pairOf(c);
    if (door === undefined || pair === undefined) return next();
    const exchange = new HonoExchange(c, pair);
    const view = new HonoView(c, pair.incoming.url ?? "/");
    const answered = door.serveOwnRoute(exchange, view);
    if (answered !== undefined) return answered.then<Response>(alreadySent);
    return exchange.keepBodyScope(door.observe(exchange, view, next), door.aiwatch.diagnostics);
  };
}

interface NodePair {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** @returns undefined where there is none, and for an upgrade, which has no response */
function pairOf({ env }: HonoContextLike): NodePair | undefined {
  if (typeof env !== "object" || env === null || !("incoming" in env) || !("outgoing" in env)) return undefined;
  return typeof env.incoming === "object" && typeof env.outgoing === "object" ? (env as NodePair) : undefined;
}

/** Node's pair, below a framework that writes its response after the middleware has returned. */
class HonoExchange extends NodeExchange {
  readonly #c: HonoContextLike;
  #isOwned = false;

  constructor(c: HonoContextLike, { incoming, outgoing }: NodePair) {
    super(incoming, outgoing);
    this.#c = c;
  }

  /** `hono/request-id`, mounted before us, has named the request, and Hono writes that name when it writes the head. */
  override answerName(): ReturnType<NodeExchange["answerName"]> {
    const named = this.#c.get("requestId" as never);
    return typeof named === "string" ? named : super.answerName();
  }

  /** Leaves on the request what a middleware before us has read of its body, as Express's parsers do. */
  async prepareAnswer(): Promise<void> {
    const { req } = this.#c;
    if (Object.keys(req.bodyCache ?? {}).length === 0) return;
    try {
      Reflect.set(this.req, "body", await req.text());
    } catch {
      // the route says so by itself
    }
  }

  override keepScope(): void {
    super.keepScope();
    this.#isOwned = true;
    keepAnswerScope(this.res, this.owner);
  }

  /** @param answered when Hono has its answer */
  async keepBodyScope(answered: Promise<void>, diagnostics: Diagnostics): Promise<void> {
    await answered;
    if (!this.#isOwned || !this.#c.finalized) return;
    try {
      const body = streamOf(this.#c.res);
      if (body !== undefined) keepReadScope(body, this.owner);
    } catch (error) {
      diagnostics.fault("route", "keeping a request's scope in its answer", error);
    }
  }
}

/**
 * The stream that an answer is read from. `@hono/node-server` sends answers that it made without their `body`, which is slow to ask for: it keeps
 * what they were made of under a symbol.
 */
function streamOf(response: Response): ReadableStream | undefined {
  const cacheKey = Object.getOwnPropertySymbols(response).find(({ description }) => description === "cache");
  const cached: unknown = cacheKey && Reflect.get(response, cacheKey);
  if (Array.isArray(cached)) return cached.find((part) => part instanceof ReadableStream);
  return response.body ?? undefined;
}

/** Hono's server reads an answer's body after the middleware was left: a stream's `pull` would be outside of the request's scope. */
function keepReadScope(body: ReadableStream, owner: ExchangeOwner): void {
  const makeReader = body.getReader as (...args: unknown[]) => { read(...args: unknown[]): unknown };
  const getReader = (...args: unknown[]) => {
    const reader = makeReader.apply(body, args);
    const { read } = reader;
    const readInside = (...into: unknown[]) => owner.enter(() => read.apply(reader, into));
    Reflect.defineProperty(reader, "read", hidden(readInside));
    return reader;
  };
  Reflect.defineProperty(body, "getReader", hidden(getReader));
}

function hidden(value: unknown): PropertyDescriptor {
  return { value, configurable: true, writable: true };
}

/** It cancels a stream, and aborts the request's signal, by the events of the response. */
function keepAnswerScope(res: ServerResponse, owner: ExchangeOwner): void {
  const { emit } = res;
  const emitInside = function (this: ServerResponse, ...event: Parameters<typeof emit>): boolean {
    if (this.listenerCount(event[0]) === 0 || owner.isInside()) return emit.apply(this, event);
    return owner.enter(() => emit.apply(this, event));
  };
  Reflect.defineProperty(res, "emit", hidden(emitInside));
}

class HonoView<Context extends HonoContextLike> implements FrameworkView<Context> {
  readonly request: Context;
  readonly url: string;
  readonly mountedUrl: string;

  constructor(request: Context, url: string) {
    this.request = request;
    this.url = url;
    this.mountedUrl = urlBelowMount(request.req, url);
  }

  routeOf(): string | undefined {
    return routeTemplate(this.request.req);
  }
}

/**
 * What tells `@hono/node-server` that somebody else has answered. It is made for each answer, since Hono writes headers on it, and its body is
 * touched: that server looks at the headers of those alone that it did not make itself.
 */
function alreadySent(): Response {
  const response = new Response(null, { headers: { "x-hono-already-sent": "true" } });
  void response.body;
  return response;
}
