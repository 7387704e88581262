import type { IncomingMessage, ServerResponse } from "node:http";
import type { Diagnostics } from "../base/diagnostics.ts";
import type { ExchangeOwner } from "../request/exchange.ts";
import { NodeExchange } from "../request/node-exchange.ts";
import { streamOf, WebExchange } from "../request/web-exchange.ts";
import type { HonoContextLike } from "./hono-like.ts";

/** Node's pair where Hono's server hands it over, else the web request. @returns undefined for an upgrade, which has no response */
export function exchangeOf(c: HonoContextLike): HonoNodeExchange | HonoWebExchange | undefined {
  const { env } = c;
  if (typeof env === "object" && env !== null && "incoming" in env && "outgoing" in env)
    return env.outgoing === undefined ? undefined : new HonoNodeExchange(c, env as NodePair);
  return c.req.header("upgrade")?.toLowerCase() === "websocket" ? undefined : new HonoWebExchange(c);
}

interface NodePair {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** Below a framework that writes its response after the middleware was left. */
class HonoNodeExchange extends NodeExchange {
  readonly #c: HonoContextLike;
  #isOwned = false;

  constructor(c: HonoContextLike, { incoming, outgoing }: NodePair) {
    super(incoming, outgoing);
    this.#c = c;
  }

  get url(): string {
    return this.req.url ?? "/";
  }

  override answerName(): ReturnType<NodeExchange["answerName"]> {
    return nameByHono(this.#c) ?? super.answerName();
  }

  prepareAnswer(): Promise<void> {
    return leaveReadBody(this.#c, this.req);
  }

  /** Hono's server cancels a stream, and aborts the request's signal, by the events of the response. */
  override keepScope(): void {
    super.keepScope();
    this.#isOwned = true;
    keepEventScope(this.res, this.owner);
  }

  /** @param handled when Hono has its answer */
  async handled(handled: Promise<void>, diagnostics: Diagnostics): Promise<void> {
    await handled;
    if (!this.#isOwned || !this.#c.finalized) return;
    try {
      const body = streamOf(this.#c.res);
      if (body !== undefined) keepReadScope(body, this.owner);
    } catch (error) {
      diagnostics.fault("route", "keeping a request's scope in its answer", error);
    }
  }

  /**
   * What tells `@hono/node-server` that somebody else has answered. It is made for each answer, since Hono writes headers on it, and its body is
   * touched: that server looks at the headers of those alone that it did not make itself.
   */
  ownAnswer(): Response {
    const response = new Response(null, { headers: { "x-hono-already-sent": "true" } });
    void response.body;
    return response;
  }
}

class HonoWebExchange extends WebExchange {
  readonly #c: HonoContextLike;

  constructor(c: HonoContextLike) {
    super(c.req.raw);
    this.#c = c;
  }

  get url(): string {
    const { url } = this.#c.req.raw;
    return url.slice(url.indexOf("/", url.indexOf("//") + 2));
  }

  override get address(): string | undefined {
    return addressByBun(this.#c);
  }

  override answerName(): string | undefined {
    return nameByHono(this.#c);
  }

  prepareAnswer(): Promise<void> {
    return leaveReadBody(this.#c, this.req);
  }

  /** @param handled when Hono has its answer */
  async handled(handled: Promise<void>, diagnostics: Diagnostics): Promise<void> {
    try {
      await handled;
    } catch (error) {
      this.failed();
      throw error;
    }
    if (this.#c.finalized) diagnostics.guard("route", "watching a request's answer", () => this.#watchAnswer());
    // Hono throws then, and its `onError` answers
    else this.failed();
  }

  #watchAnswer(): void {
    const { res } = this.#c;
    const watched = this.answered(res);
    if (watched === res) return;
    // Hono would write the headers of the one onto the other, but where there is none
    Reflect.set(this.#c, "res", undefined);
    this.#c.res = watched;
  }
}

/** `hono/request-id`, mounted before us, has named the request, and Hono writes that name when it writes the head. */
function nameByHono(c: HonoContextLike): string | undefined {
  const named = c.get("requestId" as never);
  return typeof named === "string" ? named : undefined;
}

/** Leaves on a request what a middleware before us has read of its body, as Express's parsers do. */
async function leaveReadBody({ req }: HonoContextLike, request: IncomingMessage): Promise<void> {
  if (Object.keys(req.bodyCache ?? {}).length === 0) return;
  try {
    Reflect.set(request, "body", await req.text());
  } catch {
    // the route says so by itself
  }
}

/** Bun's server is what Hono has for an environment, or is in it. */
function addressByBun({ env, req: { raw } }: HonoContextLike): string | undefined {
  if (typeof env !== "object" || env === null) return undefined;
  const server: unknown = "server" in env ? env.server : env;
  if (typeof server !== "object" || server === null || !("requestIP" in server)) return undefined;
  if (typeof server.requestIP !== "function") return undefined;
  return server.requestIP(raw)?.address;
}

function keepEventScope(res: ServerResponse, owner: ExchangeOwner): void {
  const { emit } = res;
  const emitInside = function (this: ServerResponse, ...event: Parameters<typeof emit>): boolean {
    if (this.listenerCount(event[0]) === 0 || owner.isInside()) return emit.apply(this, event);
    return owner.enter(() => emit.apply(this, event));
  };
  Reflect.defineProperty(res, "emit", hidden(emitInside));
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
