import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * What is needed of Fastify 5, structurally: its types are not imported, so that an app without it can still read ours.
 */
export interface FastifyLoggerLike {
  /** Absent where logging is off. */
  readonly level?: string;
  child(bindings: object): never;
  bindings?(): object;
  isLevelEnabled?(level: string): boolean;
}

export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  /** The request's own logger. */
  log: FastifyLoggerLike;
  /** Whether no route has the request, or has it any more. */
  readonly is404: boolean;
  /** Its URL is unknown where no route took the request. */
  readonly routeOptions: { readonly url?: string | undefined };
}

export interface FastifyReplyLike {
  readonly raw: ServerResponse;
  log: FastifyLoggerLike;
  /** Tells Fastify that somebody else answers. */
  hijack(): unknown;
  callNotFound(): unknown;
}

export type Done = (error?: Error) => void;

export type OnRequest = (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => void;

export interface OwnRouteOptions {
  readonly method: readonly string[];
  readonly url: string;
  readonly exposeHeadRoute: boolean;
  readonly logLevel: string;
  readonly schema: object;
  readonly handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => unknown;
}

export interface FastifyLike {
  readonly prefix: string;
  readonly initialConfig: { readonly disableRequestLogging?: unknown };
  /** @param hook an `OnRequest`: Fastify's own type for it takes nothing that knows less than Fastify does */
  addHook(name: "onRequest", hook: never): unknown;
  /** @param options an `OwnRouteOptions`, which Fastify's own type does not take for the same reason */
  route(options: never): unknown;
}

export type FastifyPluginLike<Options> = (fastify: FastifyLike, options: Options, done: Done) => void;
