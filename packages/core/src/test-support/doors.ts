import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { type AiwatchHonoOptions, aiwatchHono } from "@aiwatch/core/hono";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import express5 from "express";
import express4 from "express4";
import fastify, { type RouteHandlerMethod } from "fastify";
import { type Context, type Handler, Hono } from "hono";
import { onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { DoorOptions } from "../doors/door.ts";
import { plainServer } from "./plain-server.ts";
import { failure, type TestRoute } from "./test-route.ts";

/** A framework and our door into it. */
export interface DoorUnderTest {
  readonly name: string;
  /** An app with the door and these routes, which does not listen yet. */
  build(aiwatch: Aiwatch, routes: readonly TestRoute[], options?: DoorOptions): Promise<Server>;
}

/** The doors that must all behave alike. */
export const doors = {
  "Express 5": { name: "Express 5", build: (...app) => expressServer(express5, ...app) },
  "Express 4": { name: "Express 4", build: (...app) => expressServer(express4, ...app) },
  Fastify: { name: "Fastify", build: fastifyServer },
  Hono: { name: "Hono", build: honoServer },
  "node:http": { name: "node:http", build: async (...app) => plainServer(...app) },
} satisfies Readonly<Record<string, DoorUnderTest>>;

export type DoorName = keyof typeof doors;

type ExpressHandler = (req: express5.Request, res: express5.Response, next: (error: unknown) => void) => unknown;

async function expressServer(
  express: typeof express5,
  aiwatch: Aiwatch,
  routes: readonly TestRoute[],
  options?: DoorOptions,
): Promise<Server> {
  const app = express();
  app.set("env", "test");
  app.use(aiwatchExpress(aiwatch, options));
  for (const route of routes) {
    const parsers = "parsed" in route ? [express.json({ limit: "5mb" })] : [];
    const router = route.mount === undefined ? app : express.Router({ mergeParams: true });
    router[route.method ?? "get"](route.path, ...parsers, expressHandler(route));
    if (route.mount !== undefined) app.use(route.mount, router);
  }
  return createServer(app);
}

function expressHandler(route: TestRoute): ExpressHandler {
  return (req, res, next) => {
    if ("text" in route) res.send(route.text);
    else if ("parsed" in route) res.send(route.parsed(req.body));
    else if ("raw" in route) route.raw(req, res);
    else if (route.fails === "async") Promise.reject(failure()).catch(next);
    else {
      if (route.fails === "afterHeaders") res.write("first");
      throw failure();
    }
  };
}

async function fastifyServer(aiwatch: Aiwatch, routes: readonly TestRoute[], options?: DoorOptions): Promise<Server> {
  const app = fastify({ bodyLimit: 5e6 });
  await app.register(aiwatchFastify, { aiwatch, ...options });
  const add = (instance: typeof app, route: TestRoute) => {
    const method = route.method === "post" ? "POST" : "GET";
    const whole = { method, url: route.path, handler: fastifyHandler(route) } as const;
    if (route.mount === undefined) instance.route(whole);
    else instance.register(async (mounted) => void mounted.route(whole), { prefix: route.mount });
  };
  for (const route of routes) if (!("raw" in route)) add(app, route);
  // what answers by hand reads by hand, too
  app.register((unparsed, _options, done) => {
    unparsed.removeAllContentTypeParsers();
    unparsed.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const route of routes) if ("raw" in route) add(unparsed as typeof app, route);
    done();
  });
  await app.ready();
  return app.server;
}

function fastifyHandler(route: TestRoute): RouteHandlerMethod {
  return (request, reply) => {
    if ("text" in route) return reply.send(route.text);
    if ("parsed" in route) return reply.send(route.parsed(request.body as { text: string }));
    if ("raw" in route) {
      reply.hijack();
      return route.raw(request.raw, reply.raw);
    }
    if (route.fails === "async") return Promise.reject(failure());
    // Fastify leaves an answer alone that was begun by hand: a stream that breaks is its own way
    if (route.fails === "afterHeaders") return reply.send(brokenStream());
    throw failure();
  };
}

function brokenStream(): ReadableStream {
  return new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from("first")),
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      controller.error(failure());
    },
  });
}

/** Of HTTP/1. */
type HonoNode = { Bindings: HttpBindings & { outgoing: ServerResponse; incoming: IncomingMessage } };

async function honoServer(aiwatch: Aiwatch, routes: readonly TestRoute[], options?: DoorOptions): Promise<Server> {
  if (routes.some((route) => "fails" in route && route.fails === "afterHeaders")) silenceErrors();
  const app = new Hono<HonoNode>();
  app.use("*", aiwatchHono(aiwatch, honoOptions(options)));
  // it would write the errors of the routes that fail on stderr
  app.onError((_error, c) => c.text("failed", 500));
  for (const route of routes) {
    const router = route.mount === undefined ? app : new Hono<HonoNode>();
    router[route.method ?? "get"](route.path, honoHandler(route));
    if (route.mount !== undefined) app.route(route.mount, router);
  }
  return createAdaptorServer({ fetch: app.fetch, hostname: "x" }) as Server;
}

/** Hono's server writes there what a stream breaks with. */
function silenceErrors(): void {
  const { error } = console;
  Reflect.set(console, "error", () => {});
  onTestFinished(() => void Reflect.set(console, "error", error));
}

/** The tables ask for Node's request, which is in the context. */
function honoOptions(options: DoorOptions = {}): AiwatchHonoOptions<Context<HonoNode>> {
  const { userOf, ignore, normalizeRoute, authorize, ...rest } = options;
  return {
    ...rest,
    ...(userOf && { userOf: (c) => userOf(c.env.incoming) }),
    ...(ignore && { ignore: (c) => ignore(c.env.incoming) }),
    ...(normalizeRoute && { normalizeRoute: (route, c) => normalizeRoute(route, c.env.incoming) }),
    ...(authorize && { authorize: (c, route) => authorize(c.env.incoming, route) }),
  };
}

function honoHandler(route: TestRoute): Handler<HonoNode> {
  return async (c) => {
    if ("text" in route) return c.text(route.text);
    if ("parsed" in route) return c.text(route.parsed(await c.req.json()));
    if ("raw" in route) {
      route.raw(c.env.incoming, c.env.outgoing);
      return RESPONSE_ALREADY_SENT;
    }
    if (route.fails === "async") await new Promise((resolve) => setImmediate(resolve));
    if (route.fails === "afterHeaders") return c.body(brokenStream());
    throw failure();
  };
}
