import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { fastify } from "fastify";
import { Hono } from "hono";
import { type PinoLogger, pinoLogger } from "hono-pino";
import Koa from "koa";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import { canary } from "./values/row.ts";

/** The logger of one request, by which the app writes. */
export type RequestLogger = Pick<Logger, "trace" | "debug" | "info" | "warn" | "error" | "fatal">;

/** An app of some framework, whose requests are logged by a logger that it is given. */
export interface LoggedApp {
  readonly name: string;
  /** Serves `GET /chat/:id` to whoever sends credentials, and `GET /broken/:id`, which fails; does not listen yet. */
  build(logger: Logger): Promise<Server>;
}

export const loggedApps: readonly LoggedApp[] = [
  { name: "Fastify({ loggerInstance })", build: fastifyApp },
  { name: "pinoHttp({ logger })", build: async (logger) => createServer(pinoHttpListener(logger)) },
  { name: "Koa, pino-http on its raw pair", build: async (logger) => createServer(koaApp(logger).callback()) },
  { name: "Hono, hono-pino", build: async (logger) => honoServer(logger) },
];

/** As an app throws it: with what it was about. */
export function failure(): Error {
  return Object.assign(new Error("upstream refused"), {
    config: { headers: { authorization: canary }, url: `https://api/x?key=${canary}` },
    apiKey: canary,
  });
}

/** What an app writes in a handler, at every level, of all that it has in its hands. */
export function logAll(log: RequestLogger, ...inHand: unknown[]): void {
  for (const level of ["trace", "debug", "info", "warn", "error", "fatal"] as const) {
    for (const value of inHand) log[level]({ value }, "in the handler");
    log[level]({ req: inHand[0], body: { prompt: canary, password: canary }, cookies: { sid: canary } }, "by name");
    log[level]({ err: failure() }, "failed");
    log[level](failure());
    log[level]({ upstream: failure() }, "another name %j", { token: canary });
  }
}

async function fastifyApp(logger: Logger): Promise<Server> {
  const app = fastify({ loggerInstance: logger });
  app.addHook("onRequest", async (request, reply) => {
    if (!isAllowed(request.headers)) await reply.code(401).send("who are you");
  });
  app.all("/chat/:id", async (request, reply) => {
    logAll(request.log as RequestLogger, request, reply, request.raw, reply.raw);
    request.log.child({ apiKey: canary, req: request }).info("by a child");
    reply.header("set-cookie", `sid=${canary}`);
    return echo(request.headers);
  });
  app.get("/broken/:id", async () => {
    throw failure();
  });
  await app.ready();
  return app.server;
}

function pinoHttpListener(logger: Logger) {
  const log = pinoHttp({ logger });
  return (req: IncomingMessage, res: ServerResponse) => {
    log(req, res);
    if (!isAllowed(req.headers)) return void res.writeHead(401).end();
    if (req.url?.startsWith("/broken")) {
      res.statusCode = 500;
      res.err = failure();
      return void res.end();
    }
    logAll(req.log, req, res);
    req.log.child({ apiKey: canary, req }).info("by a child");
    res.setHeader("set-cookie", `sid=${canary}`);
    res.end(echo(req.headers));
  };
}

function koaApp(logger: Logger): Koa {
  const log = pinoHttp({ logger });
  const app = new Koa({ asyncLocalStorage: false });
  app.silent = true;
  app.use(async (context, next) => {
    log(context.req, context.res);
    if (!isAllowed(context.headers)) context.throw(401);
    await next();
  });
  app.use((context) => {
    if (context.path.startsWith("/broken")) {
      context.res.err = failure();
      throw failure();
    }
    logAll(context.req.log, context, context.request, context.response, context.req);
    context.req.log.child({ apiKey: canary, req: context.req }).info("by a child");
    context.set("set-cookie", `sid=${canary}`);
    context.body = echo(context.headers);
  });
  return app;
}

function honoServer(logger: Logger): Server {
  const app = new Hono<{ Variables: { logger: PinoLogger } }>();
  app.use(pinoLogger({ pino: logger }));
  app.use(async (context, next) => {
    if (!isAllowed(context.req.header())) return context.text("who are you", 401);
    return next();
  });
  app.all("/chat/:id", (context) => {
    const { logger: log } = context.var;
    logAll(log as unknown as RequestLogger, context, context.req, context.req.raw);
    log.assign({ apiKey: canary, req: context.req.raw });
    log.info("by a child");
    return context.text(echo(context.req.header()), 200, { "set-cookie": `sid=${canary}` });
  });
  app.get("/broken/:id", () => {
    throw failure();
  });
  app.onError((_error, context) => context.text("broken", 500));
  return createAdaptorServer({ fetch: app.fetch }) as Server;
}

interface Credentials {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

function isAllowed({ authorization, cookie }: Credentials): boolean {
  return authorization === `Bearer ${canary}` && cookie === `sid=${canary}`;
}

/** The credentials as the app sees them after all was logged: what is sent back is never written. */
function echo({ authorization, cookie }: Credentials): string {
  return JSON.stringify({ authorization, cookie });
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
