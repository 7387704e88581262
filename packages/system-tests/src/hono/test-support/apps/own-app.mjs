import { currentRequest } from "@aiwatch/core";
import { aiwatchHono } from "@aiwatch/core/hono";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { runOwnApp } from "./own-app.cjs";

await runOwnApp({ createTestAiwatch, aiwatchHono, currentRequest, Hono, streamSSE, serve });
