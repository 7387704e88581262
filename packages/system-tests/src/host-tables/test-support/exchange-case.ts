import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Request, Response } from "express";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Context } from "hono";
import type { AskOptions } from "./client/ask.ts";
import type { Http2Client } from "./client/http2-client.ts";
import type { RawClient } from "./client/raw-client.ts";

/** What an exchange is played on. */
export interface HostTraits {
  readonly framework: "node" | "express" | "fastify" | "hono";
  /** The major version of HTTP that its server speaks. */
  readonly http: 1 | 2;
  /** Whether a client sends bytes to it: adapters for functions call it with an event. */
  readonly wire: boolean;
  /** It is asked to stop before or while it answers. */
  readonly stops: boolean;
  /** A middleware rewrites what it answers. */
  readonly rewrites: boolean;
  /** It is the first release that fits, where that does something wrong by itself. */
  readonly oldest?: boolean;
}

/** What the app of a case does beside answering. All of it is compared. */
export interface Stage {
  /** Adds a line to the log of the exchange. */
  note(line: string): void;
  /** Notes what `action` returns or throws, and goes on. */
  attempt(name: string, action: () => unknown): void;
  /** Lets the client go on that waits for it. */
  mark(name: string): void;
  /** Resolves when the client has given it. */
  cue(name: string): Promise<void>;
  /** How many requests came before on this server. */
  readonly index: number;
}

export type Handle = (req: IncomingMessage, res: ServerResponse, stage: Stage) => unknown;

/** How an exchange must be counted. */
export interface Counted {
  readonly status: number;
  readonly aborted: boolean;
  readonly failure?: string;
  /** @default the route of the case */
  readonly route?: string;
}

/** One exchange, or a few that belong together. */
export interface ExchangeCase {
  readonly name: string;
  /** Answers by Node's own pair, on every framework. */
  readonly handle?: Handle;
  readonly express?: (req: Request, res: Response, next: (error?: unknown) => void, stage: Stage) => unknown;
  readonly fastify?: (request: FastifyRequest, reply: FastifyReply, stage: Stage) => unknown;
  readonly hono?: (c: Context, stage: Stage) => globalThis.Response | Promise<globalThis.Response>;
  /** What the default client sends. @default a GET that closes its connection */
  readonly ask?: AskOptions;
  /** In place of the default client, on HTTP/1.1. */
  readonly client?: (client: RawClient) => Promise<void>;
  /** In place of the default client, on HTTP/2. A case with a client for one version alone is played on that alone. */
  readonly client2?: (client: Http2Client) => Promise<void>;
  readonly serverOptions?: ServerOptions;
  /** More listeners of the app on its server. */
  readonly prepare?: (server: Server, stage: Stage) => void;
  /** In a process of its own; what the app does in it before it serves. */
  readonly alone?: () => void;
  /** @default on every host that can */
  readonly on?: (host: HostTraits) => boolean;
  /** @default one for each final status on the wire, complete */
  readonly counted?: readonly Counted[];
}

export const caseRoute = "/case/:id";

/** Whether it needs no connection, and is answered. */
function isPlain({ client, client2, prepare, serverOptions, ask, handle, counted }: ExchangeCase): boolean {
  const needsServer = client ?? client2 ?? prepare ?? serverOptions ?? ask?.version;
  return needsServer === undefined && (handle === undefined || counted === undefined);
}

/** Whether a case makes sense on a host. */
export function isPlayedOn(exchange: ExchangeCase, host: HostTraits): boolean {
  if (exchange.on?.(host) === false) return false;
  if (exchange.handle === undefined && exchange[host.framework === "node" ? "handle" : host.framework] === undefined)
    return false;
  const { client, client2, ask } = exchange;
  // Hono answers HEAD by a copy of what answers GET: its server does not see any longer that an answer was given by hand
  if (host.framework === "hono" && exchange.hono === undefined && ask?.method === "HEAD") return false;
  if (!host.wire) return isPlain(exchange);
  if (host.http === 1) return client !== undefined || client2 === undefined;
  return client2 !== undefined || (client === undefined && ask?.version === undefined);
}
