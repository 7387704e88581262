import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createServer2 } from "node:http2";
import type { RequestHandler } from "express";
import { caseRoute, type Handle, type HostTraits } from "../exchange-case.ts";
import type { AppOfCase } from "./app-of-case.ts";
import { expressApp, expressServer } from "./express-host.ts";
import { fastifyApp, fastifyServer } from "./fastify-host.ts";
import { fastifyLambda, type Invoke, lightMyRequest, serverlessExpress, serverlessHttp } from "./functions.ts";
import { honoServer } from "./hono-host.ts";
import { load, loadDefault, loadFrom } from "./load.ts";
import type { StopMoment } from "./stopping.ts";

export interface Host extends HostTraits {
  /** When the app is asked to stop. @default never */
  readonly asked?: StopMoment;
  /** A server, or what calls a function. */
  build(app: AppOfCase): Promise<Server | Invoke>;
}

const plain = { wire: true, stops: false, rewrites: false, http: 1 } as const;
const fastify = { ...plain, framework: "fastify" } as const;
const express = { ...plain, framework: "express" } as const;
const hono = { ...plain, framework: "hono" } as const;
const node = { ...plain, framework: "node" } as const;

/** Where exchanges are played, by the names of the tables. */
export const hosts: Record<string, Host> = {
  "node:http": {
    ...node,
    build: async (app) => createServer(app.exchange.serverOptions ?? {}, await nodeListener(app)),
  },
  "node:http2": { ...node, http: 2, build: nodeHttp2 },
  "Express 5": {
    ...express,
    build: async (app) => expressServer(app, await loadDefault("express")),
  },
  "Express 4": {
    ...express,
    build: async (app) => expressServer(app, await loadDefault("express4")),
  },
  Fastify: { ...fastify, build: (app) => fastifyServer(app, {}) },
  "Fastify on HTTP/2": { ...fastify, http: 2, build: (app) => fastifyServer(app, { http2: true }) },
  Hono: { ...hono, build: (app) => honoServer(app) },
  "Hono on HTTP/2": { ...hono, http: 2, build: (app) => honoServer(app, createServer2) },
  "Express 4.18.0": { ...express, build: (app) => expressServer(app, loadFrom("guests", "express4-oldest")) },
  "Express 5.0.0": { ...express, build: (app) => expressServer(app, loadFrom("guests", "express5-oldest")) },
  "Fastify 5.0.0": { ...fastify, build: (app) => fastifyServer(app, {}, loadFrom("guests", "fastify-oldest")) },
  "Fastify 5.0.0 on HTTP/2": {
    ...fastify,
    http: 2,
    oldest: true,
    build: (app) => fastifyServer(app, { http2: true }, loadFrom("guests", "fastify-oldest")),
  },
  "Express 5 behind compression": {
    ...express,
    rewrites: true,
    build: async (app) => expressServer(app, await loadDefault("express"), [compression()]),
  },
  "Express 5 before compression": {
    ...express,
    rewrites: true,
    build: async (app) => expressServer(app, await loadDefault("express"), [], [compression()]),
  },
  "serverless-http of node:http": {
    ...node,
    wire: false,
    build: async (app) => serverlessHttp((await nodeListener(app)) as RequestListener),
  },
  "serverless-http 3 of node:http": {
    ...node,
    wire: false,
    build: async (app) => serverlessHttp((await nodeListener(app)) as RequestListener, "serverless-http-3"),
  },
  "serverless-http of Express 5": {
    ...express,
    wire: false,
    build: async (app) => serverlessHttp(await expressApp(app, await loadDefault("express"))),
  },
  "serverless-express of Express 5": {
    ...express,
    wire: false,
    build: async (app) => serverlessExpress(await expressApp(app, await loadDefault("express"))),
  },
  "aws-lambda of Fastify": { ...fastify, wire: false, build: async (app) => fastifyLambda(await fastifyApp(app, {})) },
  "light-my-request of node:http": {
    ...node,
    wire: false,
    build: async (app) => lightMyRequest((await nodeListener(app)) as RequestListener),
  },
};

function compression(): RequestHandler {
  return loadFrom<(options: object) => RequestHandler>("guests", "compression")({ threshold: 0 });
}

/** The same, asked to stop while they answer, or before. */
for (const name of ["node:http", "Express 5", "Fastify"]) {
  for (const asked of ["under way", "before"] as const) {
    const host = hosts[name];
    if (host !== undefined) hosts[`${name}, asked to stop ${asked}`] = { ...host, stops: true, asked };
  }
}

async function nodeHttp2(app: AppOfCase): Promise<Server> {
  const listener = await nodeListener(app);
  return createServer2((app.exchange.serverOptions ?? {}) as object, listener as never) as unknown as Server;
}

async function nodeListener(
  app: AppOfCase,
): Promise<(...pair: Parameters<Handle> extends [infer Req, infer Res, unknown] ? [Req, Res] : never) => unknown> {
  const { exchange, aiwatch } = app;
  const listener = (...[req, res]: [Parameters<Handle>[0], Parameters<Handle>[1]]) =>
    exchange.handle?.(req, res, app.nextStage());
  if (aiwatch === undefined) return listener;
  const { aiwatchNode } = await load<typeof import("@aiwatch/core/node")>("@aiwatch/core/node");
  return aiwatchNode(listener, aiwatch, { routeOf: ({ url }) => (url?.startsWith("/case/") ? caseRoute : undefined) });
}
