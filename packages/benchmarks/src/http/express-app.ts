import { createServer } from "node:http";
import { createRequire } from "node:module";
import { aiwatchExpress } from "@aiwatch/core/express";
import type { ExpressInstrumentation } from "@opentelemetry/instrumentation-express";
import type { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type express from "express";
import type promBundle from "express-prom-bundle";
import type { pinoHttp } from "pino-http";
import { register } from "prom-client";
import { startDroppedSpans } from "../observing/conditions.ts";
import { type Comparison, naive, signalFloor } from "./comparison.ts";
import { countObservations, nullLog, observe } from "./observe.ts";
import { type App, assertRecorded, type Check, itemOf, type Kind } from "./stacks.ts";

type RequestHandler = express.RequestHandler;

/** OpenTelemetry patches what is required after it. */
const load = createRequire(import.meta.url);

/** Express with a stack around one route. */
export function expressApp(kind: Kind): App {
  const { middlewares, check } = around[kind]();
  return { server: expressServer(middlewares), check };
}

/** An app with the route behind these middlewares. */
export function expressServer(middlewares: readonly RequestHandler[]) {
  const app = (load("express") as typeof express)();
  for (const middleware of middlewares) app.use(middleware);
  app.get("/items/:id", (req, res) => {
    res.json(itemOf(req.params.id));
  });
  return createServer(app);
}

interface Surroundings {
  readonly middlewares: readonly RequestHandler[];
  readonly check: Check;
}

const around: Readonly<Record<Kind, () => Surroundings>> = {
  bare: () => ({ middlewares: [], check: async () => {} }),
  "naive metrics": () => compared(naive("metrics")),
  naive: () => compared(naive("all")),
  floor: () => compared(signalFloor()),
  metrics: () => ours("metrics"),
  signals: () => ours("signals"),
  usual,
};

function ours(kind: "metrics" | "signals"): Surroundings {
  const { aiwatch, check } = observe(kind);
  return { middlewares: [aiwatchExpress(aiwatch)], check };
}

function compared({ middleware, check }: Comparison): Surroundings {
  return { middlewares: [(req, res, next) => middleware(req, res, next, () => req.route?.path)], check };
}

/** express-prom-bundle, pino-http, and OpenTelemetry's instrumentations of http and Express. */
function usual(): Surroundings {
  const spans = startDroppedSpans();
  const instrument = load("@opentelemetry/instrumentation-http") as { HttpInstrumentation: typeof HttpInstrumentation };
  const instrumentExpress = load("@opentelemetry/instrumentation-express") as {
    ExpressInstrumentation: typeof ExpressInstrumentation;
  };
  new instrument.HttpInstrumentation();
  new instrumentExpress.ExpressInstrumentation();
  const log = nullLog({ sync: false });
  const bundle = load("express-prom-bundle") as typeof promBundle;
  const metrics = bundle({ includeMethod: true, includePath: true });
  const logging = load("pino-http") as typeof pinoHttp;
  const check: Check = async (expected) => {
    const metric = register.getSingleMetric("http_request_duration_seconds");
    const counts = { lines: await log.lines(), metrics: await countObservations(metric), spans: await spans.servers() };
    assertRecorded(counts, expected);
  };
  return { middlewares: [metrics, logging({}, log.stream)], check };
}
