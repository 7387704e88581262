import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { aiwatchExpress } from "@aiwatch/core/express";
import type { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import type { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type express from "express";
import type promBundle from "express-prom-bundle";
import type { pinoHttp } from "pino-http";
import { register } from "prom-client";
import { startDroppedSpans } from "../observing/dropped-spans.ts";
import { countObservations } from "./count-observations.ts";
import { nullLog } from "./null-log.ts";
import { observe } from "./observe.ts";
import { assertRecorded, itemOf, type RunningServer, type Stack } from "./stacks.ts";

type Middleware = express.RequestHandler;
type Check = RunningServer["check"];

/** OpenTelemetry patches what is required after it. */
const load = createRequire(import.meta.url);

/** Express with a stack around one route. */
export async function startExpress(stack: Stack): Promise<RunningServer> {
  const { middlewares, check } = around(stack);
  return { port: await listenBehind(middlewares), check };
}

/** @returns the port of an app with the route behind these middlewares */
export async function listenBehind(middlewares: readonly Middleware[]): Promise<number> {
  const app = (load("express") as typeof express)();
  for (const middleware of middlewares) app.use(middleware);
  app.get("/items/:id", (req, res) => {
    res.json(itemOf(req.params.id));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function around(stack: Stack): { readonly middlewares: readonly Middleware[]; readonly check: Check } {
  if (stack === "bare") return { middlewares: [], check: async () => {} };
  if (stack === "usual") return usual();
  const { aiwatch, check } = observe(stack);
  return { middlewares: [aiwatchExpress(aiwatch)], check };
}

/** express-prom-bundle, pino-http, and OpenTelemetry's instrumentations of http and Express. */
function usual() {
  const spans = startDroppedSpans();
  const instrument = load("@opentelemetry/instrumentation-http") as { HttpInstrumentation: typeof HttpInstrumentation };
  const instrumentExpress = load("@opentelemetry/instrumentation-express") as {
    ExpressInstrumentation: typeof ExpressInstrumentation;
  };
  new instrument.HttpInstrumentation();
  new instrumentExpress.ExpressInstrumentation();
  const log = nullLog();
  const bundle = load("express-prom-bundle") as typeof promBundle;
  const metrics = bundle({ includeMethod: true, includePath: true });
  const logging = load("pino-http") as typeof pinoHttp;
  const check: Check = async (expected) => {
    const metric = register.getSingleMetric("http_request_duration_seconds");
    const counts = { lines: log.lines(), metrics: await countObservations(metric), spans: await spans.servers() };
    assertRecorded(counts, expected);
  };
  return { middlewares: [metrics, logging({}, log.stream)], check };
}
