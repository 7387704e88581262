import { createAiwatch } from "@aiwatch/core";
import { type TestServer, testServer } from "@aiwatch/testkit";
import type { RecentTraces } from "@aiwatch/tracing";
import { pino } from "pino";
import { Registry } from "prom-client";
import { createApp } from "../../../src/app.js";
import { Chats } from "../../../src/chats.js";

/** The demo's app with these traces, and no model. */
export function tracesApp(traces: RecentTraces): Promise<TestServer> {
  const aiwatch = createAiwatch({ registry: new Registry() });
  const logger = pino({ level: "silent" });
  return testServer(createApp({ aiwatch, chats: new Chats(aiwatch), traces, logger }));
}

/** As browsers ask. */
export const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
