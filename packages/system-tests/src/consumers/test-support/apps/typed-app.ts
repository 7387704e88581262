/** Only type checked: what the READMEs tell an app to write, against the types that it is given. */
import { createServer } from "node:http";
import { createAiwatch, isAiwatchError, metricsHandler, type Observer } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchNode } from "@aiwatch/core/node";
import { clientReports } from "@aiwatch/core/reports";
import { handleSignals } from "@aiwatch/core/shutdown";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentModel, recordLlamaCppMetrics, uninstrument } from "@aiwatch/llamacpp";
import { componentLogger, createLogger, logFatal, logTo } from "@aiwatch/logging";
import { currentTrace, keepRecentTraces, startSpan, startTracing, traceHeaders, withSpan } from "@aiwatch/tracing";
import express from "express";
import fastify from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";

export async function serve(modelPath: string): Promise<number> {
  const recent = keepRecentTraces({ maxTraces: 10 });
  const tracing = startTracing({ serviceName: "chat-api", sampleRatio: 0.5, spanProcessors: [recent] });
  const logger = createLogger({ service: "chat-api", level: "info" });
  const observer: Observer = { name: "ledger", inferenceEnded: ({ outputTokens }) => logger.info({ outputTokens }) };
  const aiwatch = createAiwatch({
    service: "chat-api",
    registry: new Registry(),
    observers: [logTo(logger), logTo(pino()), observer],
    slo: { firstTokenMs: 500 },
  });
  joinCluster(aiwatch, { timeoutMs: 1000 });
  logFatal(componentLogger(logger, "startup"));

  const app = express();
  app.use(aiwatchExpress(aiwatch, { reports: clientReports(), ignore: (req) => req.url === "/healthz" }));
  const plugins = fastify({ logger: true });
  await plugins.register(aiwatchFastify, { aiwatch, routes: false });
  createServer(aiwatchNode((_req, res) => res.end(), aiwatch, { routeOf: () => "/chat" }));
  const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1");
  handleSignals(aiwatch, { server, drainMs: 5000 });
  aiwatch.health.addCheck("model", () => ({ ok: true, detail: "loaded" }), { timeoutMs: 1000, critical: true });

  const { getLlama, LlamaChatSession } = await import("node-llama-cpp");
  const llama = instrumentModel(await getLlama(), { aiwatch });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 512 });
  const session = instrumentModel(new LlamaChatSession({ contextSequence: context.getSequence() }), { aiwatch });
  const answer: string = await withSpan("answer", async (span) => {
    span.setAttribute("trace", currentTrace()?.traceId ?? "none");
    const inner = startSpan("prompt", { attempt: 1 });
    const text = await session.prompt("Hello", { maxTokens: 5 });
    inner.end();
    return text;
  });
  recordLlamaCppMetrics({ model: "mine", tokensPerSecond: 12 }, { aiwatch });
  uninstrument(session);

  const inference = aiwatch.startInference({ model: "mine", operation: "chat" });
  try {
    inference.token();
    inference.end({ unified: "stop" });
  } catch (error) {
    if (isAiwatchError(error)) logger.error({ code: error.code });
    inference.fail(error);
  }
  const headers: Record<string, string> = traceHeaders("http://localhost:8081");
  logger.info({ answer, headers, spans: recent.find("trace")?.map(({ name }) => name), dropped: tracing.dropped });
  await aiwatch.close();

  const test = createTestAiwatch();
  return (await test.sample("genai_app_inferences_total", { model: "mine" })) ?? test.inferences.length;
}

export async function mistakes(): Promise<void> {
  const aiwatch = createAiwatch();
  const { getLlama } = await import("node-llama-cpp");
  // @ts-expect-error a forgotten await
  instrumentModel(getLlama());
  // @ts-expect-error no such option
  createAiwatch({ servcie: "chat-api" });
  // @ts-expect-error no such protocol
  startTracing({ protocol: "http" });
  // @ts-expect-error no such level
  createLogger({ level: "loud" });
  // @ts-expect-error no such finish reason
  aiwatch.startInference({ model: "mine" }).end({ unified: "done" });
  // @ts-expect-error a logger is no instance
  aiwatchExpress(createLogger());
  // @ts-expect-error the same of Fastify
  await fastify().register(aiwatchFastify, { aiwatch: createLogger() });
  // @ts-expect-error the same of node:http
  aiwatchNode(() => undefined, createLogger());
  // @ts-expect-error a figure is a number
  recordLlamaCppMetrics({ model: "mine", tokensPerSecond: "12" });
}
