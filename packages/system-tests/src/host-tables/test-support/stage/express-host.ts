import { createServer, type RequestListener, type Server } from "node:http";
import type { RequestHandler } from "express";
import { caseRoute } from "../exchange-case.ts";
import type { AppOfCase } from "./app-of-case.ts";
import { load } from "./load.ts";

type Express = typeof import("express");

export async function expressServer(app: AppOfCase, express: Express, ...more: Around): Promise<Server> {
  return createServer(app.exchange.serverOptions ?? {}, await expressApp(app, express, ...more));
}

type Around = [outer?: readonly RequestHandler[], inner?: readonly RequestHandler[]];

/** @param outer mounted before our door @param inner mounted behind it */
export async function expressApp(
  app: AppOfCase,
  express: Express,
  outer: readonly RequestHandler[] = [],
  inner: readonly RequestHandler[] = [],
): Promise<RequestListener> {
  const { exchange, aiwatch } = app;
  const host = express();
  // its error handler would write stacks on stderr
  host.set("env", "test");
  for (const middleware of outer) host.use(middleware);
  if (aiwatch !== undefined) {
    const { aiwatchExpress } = await load<typeof import("@aiwatch/core/express")>("@aiwatch/core/express");
    host.use(aiwatchExpress(aiwatch));
  }
  for (const middleware of inner) host.use(middleware);
  host.all(caseRoute, (req, res, next) => {
    const stage = app.nextStage();
    return exchange.express === undefined
      ? exchange.handle?.(req, res, stage)
      : exchange.express(req, res, next, stage);
  });
  return host;
}
