const { currentRequest } = require("@aiwatch/core");
const { aiwatchHono } = require("@aiwatch/core/hono");
const { createTestAiwatch } = require("@aiwatch/core/testing");
const { serve } = require("@hono/node-server");
const { Hono } = require("hono");
const { streamSSE } = require("hono/streaming");
const { runOwnApp } = require("./own-app.cjs");

void runOwnApp({ createTestAiwatch, aiwatchHono, currentRequest, Hono, streamSSE, serve });
