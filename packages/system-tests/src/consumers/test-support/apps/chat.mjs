import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { aiwatchFastify } from "@aiwatch/core/fastify";
import { aiwatchNode } from "@aiwatch/core/node";
import { instrumentModel } from "@aiwatch/llamacpp";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import express from "express";
import fastify from "fastify";
import * as engine from "node-llama-cpp";
import { serveChat } from "./serve-chat.cjs";

const tracing = process.env.STARTS_TRACING === "true" ? startTracing() : undefined;
const aiwatch = createAiwatch({ observers: [logTo(createLogger())] });
const doors = { aiwatchExpress, aiwatchFastify, aiwatchNode };
await serveChat({ aiwatch, tracing, doors, instrumentModel, createLogger, engine, express, fastify });
