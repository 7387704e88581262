import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { type AiwatchFastifyOptions, aiwatchFastify } from "@aiwatch/core/fastify";
import type { FastifyOtelInstrumentation } from "@fastify/otel";
import type { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import type { FastifyInstance, FastifyPluginCallback, fastify } from "fastify";
import type fastifyMetrics from "fastify-metrics";
import { startDroppedSpans } from "../observing/dropped-spans.ts";
import { countObservations } from "./count-observations.ts";
import { nullLog } from "./null-log.ts";
import { observe } from "./observe.ts";
import { assertRecorded, itemOf, type RunningServer, type Stack } from "./stacks.ts";

type Check = RunningServer["check"];

interface Surrounded {
  readonly app: FastifyInstance;
  readonly check: Check;
}

/** OpenTelemetry patches what is required after it. */
const load = createRequire(import.meta.url);

/** Fastify with a stack around one route. */
export async function startFastify(stack: Stack): Promise<RunningServer> {
  const { app, check } = await around(stack);
  app.get<{ Params: { id: string } }>("/items/:id", async (request) => itemOf(request.params.id));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return { port: (app.server.address() as AddressInfo).port, check };
}

async function around(stack: Stack): Promise<Surrounded> {
  if (stack === "bare") return { app: loadFastify()(), check: async () => {} };
  if (stack === "usual") return usual();
  const { aiwatch, check } = observe(stack);
  const app = loadFastify()();
  await app.register(aiwatchFastify as unknown as FastifyPluginCallback<AiwatchFastifyOptions>, { aiwatch });
  return { app, check };
}

/** fastify-metrics, Fastify's own logger, and OpenTelemetry's instrumentation of http with Fastify's. */
async function usual(): Promise<Surrounded> {
  const spans = startDroppedSpans();
  const instrument = load("@opentelemetry/instrumentation-http") as { HttpInstrumentation: typeof HttpInstrumentation };
  const instrumentFastify = load("@fastify/otel") as { FastifyOtelInstrumentation: typeof FastifyOtelInstrumentation };
  new instrument.HttpInstrumentation();
  const otel = new instrumentFastify.FastifyOtelInstrumentation();
  const log = nullLog();
  const app = loadFastify()({ logger: { stream: log.stream } });
  await app.register(otel.plugin());
  const { default: metrics } = load("fastify-metrics") as { default: typeof fastifyMetrics };
  await app.register(metrics, { endpoint: "/metrics" });
  const atStart = 1;
  const check: Check = async (expected) => {
    const metric = app.metrics.client.register.getSingleMetric("http_request_duration_seconds");
    // one line when a request comes, one when it is answered, and before them all the one that names the port
    const lines = (log.lines() - atStart) / 2;
    assertRecorded({ lines, metrics: await countObservations(metric), spans: await spans.servers() }, expected);
  };
  return { app, check };
}

function loadFastify(): typeof fastify {
  return load("fastify") as typeof fastify;
}
