import { aiwatchExpress } from "@aiwatch/core/express";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import { listenBehind } from "../http/express-server.ts";
import { nullLog } from "../http/null-log.ts";
import { observed } from "../http/observe.ts";
import type { RunningServer } from "../http/stacks.ts";

export interface TracedServer extends RunningServer {
  /** Spans that were lost so far. */
  dropped(): number;
}

/** Express with all signals: metrics, a line to the null device, a span that is sent to the collector; the settings are the defaults. */
export async function startTracedServer(collectorPort: number): Promise<TracedServer> {
  const tracing = startTracing({ endpoint: `127.0.0.1:${collectorPort}`, sampler: "always_on" });
  const log = nullLog();
  const observers = [logTo(createLogger({ destination: log.stream }))];
  const { aiwatch, check } = observed(observers, async () => ({ lines: log.lines() }));
  return { port: await listenBehind([aiwatchExpress(aiwatch)]), check, dropped: () => tracing.dropped };
}
