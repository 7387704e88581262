import { createRequire } from "node:module";
import { type AiwatchFastifyOptions, aiwatchFastify } from "@aiwatch/core/fastify";
import type { FastifyOtelInstrumentation } from "@fastify/otel";
import type { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type { FastifyInstance, FastifyPluginCallback, fastify } from "fastify";
import type fastifyMetrics from "fastify-metrics";
import { startDroppedSpans } from "../observing/conditions.ts";
import { type Comparison, naive, signalFloor } from "./comparison.ts";
import { countObservations, nullLog, observe } from "./observe.ts";
import { type App, assertRecorded, type Check, itemOf, type Kind } from "./stacks.ts";

interface Surrounded {
  readonly app: FastifyInstance;
  readonly check: Check;
}

/** OpenTelemetry patches what is required after it. */
const load = createRequire(import.meta.url);

/** Fastify with a stack around one route. */
export async function fastifyApp(kind: Kind): Promise<App> {
  const { app, check } = await around[kind]();
  app.get<{ Params: { id: string } }>("/items/:id", async (request) => itemOf(request.params.id));
  await app.ready();
  return { server: app.server, check };
}

const around: Readonly<Record<Kind, () => Promise<Surrounded>>> = {
  bare: async () => ({ app: loadFastify()(), check: async () => {} }),
  "naive metrics": () => compared(naive("metrics")),
  naive: () => compared(naive("all")),
  floor: () => compared(signalFloor()),
  metrics: () => ours("metrics"),
  signals: () => ours("signals"),
  usual,
};

async function ours(kind: "metrics" | "signals"): Promise<Surrounded> {
  const { aiwatch, check } = observe(kind);
  const app = loadFastify()();
  await app.register(aiwatchFastify as unknown as FastifyPluginCallback<AiwatchFastifyOptions>, { aiwatch });
  return { app, check };
}

async function compared({ middleware, check }: Comparison): Promise<Surrounded> {
  const app = loadFastify()();
  app.addHook("onRequest", (request, reply, done) =>
    middleware(request.raw, reply.raw, done, () => request.routeOptions.url),
  );
  return { app, check };
}

/** fastify-metrics, Fastify's own logger, and OpenTelemetry's instrumentation of http with Fastify's. */
async function usual(): Promise<Surrounded> {
  const spans = startDroppedSpans();
  const instrument = load("@opentelemetry/instrumentation-http") as { HttpInstrumentation: typeof HttpInstrumentation };
  const instrumentFastify = load("@fastify/otel") as { FastifyOtelInstrumentation: typeof FastifyOtelInstrumentation };
  new instrument.HttpInstrumentation();
  const otel = new instrumentFastify.FastifyOtelInstrumentation();
  const log = nullLog({ sync: false });
  const app = loadFastify()({ logger: { stream: log.stream } });
  await app.register(otel.plugin());
  const { default: metrics } = load("fastify-metrics") as { default: typeof fastifyMetrics };
  await app.register(metrics, { endpoint: "/metrics" });
  const check: Check = async (expected) => {
    const metric = app.metrics.client.register.getSingleMetric("http_request_duration_seconds");
    // one line when a request comes, one when it is answered, and before them all the one that names the port of a server that listens
    const lines = Math.floor((await log.lines()) / 2);
    assertRecorded({ lines, metrics: await countObservations(metric), spans: await spans.servers() }, expected);
  };
  return { app, check };
}

function loadFastify(): typeof fastify {
  return load("fastify") as typeof fastify;
}
