import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { aiwatchExpress } from "@aiwatch/core/express";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import { expressServer } from "../http/express-app.ts";
import { nullLog, observed } from "../http/observe.ts";
import type { Check } from "../http/stacks.ts";

export interface TracedServer {
  readonly port: number;
  readonly check: Check;
  /** Spans that were lost so far. */
  dropped(): number;
}

/** Express with all signals: metrics, a line to the null device, a span that is sent to the collector; the settings are the defaults. */
export async function startTracedServer(collectorPort: number): Promise<TracedServer> {
  const tracing = startTracing({ endpoint: `127.0.0.1:${collectorPort}`, sampler: "always_on" });
  const log = nullLog();
  const observers = [logTo(createLogger({ destination: log.stream }))];
  const { aiwatch, check } = observed(observers, async () => ({ lines: log.lines() }));
  const server = expressServer([aiwatchExpress(aiwatch)]).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, check, dropped: () => tracing.dropped };
}
