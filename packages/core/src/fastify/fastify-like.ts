import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * What is needed of Fastify 5, structurally: its types are not imported, so that an app without it can still read ours.
 */
export interface FastifyLoggerLike {
  /** Absent where logging is off. */
  readonly level?: string;
  child(bindings: object): never;
}

export interface FastifyRequestLike {
  readonly raw: IncomingMessage;
  readonly originalUrl: string;
  readonly is404: boolean;
  /** The request's own logger. */
  log: FastifyLoggerLike;
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

export interface FastifyLike {
  readonly prefix: string;
  readonly initialConfig: { readonly disableRequestLogging?: boolean };
  addHook(name: "onRequest", hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: Done) => void): unknown;
  route(options: {
    method: ("GET" | "POST" | "OPTIONS")[];
    url: string;
    exposeHeadRoute: boolean;
    logLevel: "warn";
    schema: object;
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => unknown;
  }): unknown;
}

export type FastifyPluginLike<Options> = (fastify: FastifyLike, options: Options, done: Done) => void;
