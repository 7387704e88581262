/** Only type checked: every entry, for an app that lacks the optional peers. */
import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchHono } from "@aiwatch/core/hono";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentModel } from "@aiwatch/llamacpp";
import { createLogger } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";

export const doors = [aiwatchExpress, aiwatchFastify, aiwatchHono, aiwatchNode];
export const makers = [createAiwatch, createTestAiwatch, instrumentModel, createLogger, startTracing];
