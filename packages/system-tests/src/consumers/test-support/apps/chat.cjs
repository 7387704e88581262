const { createAiwatch } = require("@aiwatch/core");
const { aiwatchExpress } = require("@aiwatch/core/express");
const { aiwatchFastify } = require("@aiwatch/core/fastify");
const { aiwatchNode } = require("@aiwatch/core/node");
const { instrumentModel } = require("@aiwatch/llamacpp");
const { createLogger, logTo } = require("@aiwatch/logging");
const { startTracing } = require("@aiwatch/tracing");
const express = require("express");
const fastify = require("fastify");
const { serveChat } = require("./serve-chat.cjs");

const tracing = process.env.STARTS_TRACING === "true" ? startTracing() : undefined;
const aiwatch = createAiwatch({ observers: [logTo(createLogger())] });
const doors = { aiwatchExpress, aiwatchFastify, aiwatchNode };

// an ES module alone
void import("node-llama-cpp").then((engine) =>
  serveChat({ aiwatch, tracing, doors, instrumentModel, createLogger, engine, express, fastify }),
);
