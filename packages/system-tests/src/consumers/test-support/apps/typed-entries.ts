/** Only type checked: every entry, for an app that lacks the optional peers. */
import { createAiwatch } from "@aiwatch/core";
import { adapterOf, observeIterator } from "@aiwatch/core/adapter";
import { catalogue } from "@aiwatch/core/catalogue";
import { joinCluster } from "@aiwatch/core/cluster";
import { diagnosticsHandler, diagnosticsRoute } from "@aiwatch/core/diagnostics";
import { type DiagnosticsAnswer, diagnosticsSchema } from "@aiwatch/core/diagnostics-schema";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchHono } from "@aiwatch/core/hono";
import { aiwatchNode } from "@aiwatch/core/node";
import { otelMetrics } from "@aiwatch/core/otel-metrics";
import { type SummaryAnswer, summarySchema } from "@aiwatch/core/summary-schema";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentModel } from "@aiwatch/llamacpp";
import { createLogger } from "@aiwatch/logging";
import { instrumentClient, observeFetch } from "@aiwatch/openai";
import { startTracing } from "@aiwatch/tracing";

export const doors = [aiwatchExpress, aiwatchFastify, aiwatchHono, aiwatchNode];
export const parts = [joinCluster, otelMetrics, diagnosticsHandler, diagnosticsRoute];
export const taps = [adapterOf, observeIterator];
export const schema: SummaryAnswer["schema"] = summarySchema;
export const diagnostics: DiagnosticsAnswer["schema"] = diagnosticsSchema;
export const definition: string = catalogue.errors.definition;
export const makers = [createAiwatch, createTestAiwatch, instrumentModel, createLogger, startTracing];
export const observed: typeof fetch = observeFetch(fetch);
export const clients = [instrumentClient];
