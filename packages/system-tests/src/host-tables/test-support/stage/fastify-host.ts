import type { Server } from "node:http";
import type { FastifyInstance } from "fastify";
import { caseRoute } from "../exchange-case.ts";
import type { AppOfCase } from "./app-of-case.ts";
import { load, loadDefault } from "./load.ts";

type Fastify = (options: object) => FastifyInstance;

export async function fastifyApp(app: AppOfCase, options: object, release?: Fastify): Promise<FastifyInstance> {
  const { exchange, aiwatch } = app;
  const create = release ?? (await loadDefault<Fastify>("fastify"));
  const host = create({ ...options, http: exchange.serverOptions ?? {} });
  if (aiwatch !== undefined) {
    const { aiwatchFastify } = await load<typeof import("@aiwatch/core/fastify")>("@aiwatch/core/fastify");
    await host.register(aiwatchFastify, { aiwatch });
  }
  if (exchange.fastify === undefined) {
    // what answers by hand reads by hand, too
    host.removeAllContentTypeParsers();
    host.addContentTypeParser("*", (_request, _payload, done) => done(null));
  }
  host.all(caseRoute, (request, reply) => {
    const stage = app.nextStage();
    if (exchange.fastify !== undefined) return exchange.fastify(request, reply, stage);
    reply.hijack();
    return exchange.handle?.(request.raw, reply.raw, stage);
  });
  await host.ready();
  return host;
}

export async function fastifyServer(app: AppOfCase, options: object, release?: Fastify): Promise<Server> {
  return (await fastifyApp(app, options, release)).server as Server;
}
