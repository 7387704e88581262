/** Each package is loaded twice, as an ES module and as CommonJS, and the two copies share the work. */
import { createRequire } from "node:module";
import { createAiwatch, defaultAiwatch } from "@aiwatch/core";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { instrumentModel } from "@aiwatch/llamacpp";
import { logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import express from "express";
import fastify from "fastify";
import * as engine from "node-llama-cpp";
import { serveChat } from "./serve-chat.cjs";

const require = createRequire(import.meta.url);
const core = require("@aiwatch/core");
const { aiwatchExpress } = require("@aiwatch/core/express");
const { aiwatchNode } = require("@aiwatch/core/node");
const llamacpp = require("@aiwatch/llamacpp");
const { createLogger } = require("@aiwatch/logging");
const tracing = require("@aiwatch/tracing");

const started = startTracing();
const standIn = core.defaultAiwatch();
const aiwatch = createAiwatch({ observers: [logTo(createLogger())] });
const inBoth = (object, options) => instrumentModel(llamacpp.instrumentModel(object, options), options);
const doors = { aiwatchExpress, aiwatchFastify, aiwatchNode };
await serveChat({ aiwatch, tracing: started, doors, instrumentModel: inBoth, createLogger, engine, express, fastify });
createLogger().info(
  {
    twoCopies: core.createAiwatch !== createAiwatch && tracing.startTracing !== startTracing,
    oneInstance: core.defaultAiwatch() === aiwatch && defaultAiwatch() === aiwatch,
    handedOver: standIn !== aiwatch && standIn.health === aiwatch.health,
    oneSdk: tracing.startTracing() === started,
  },
  "shared",
);
