import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { aiwatchExpress } from "@aiwatch/core/express";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import { expressServer } from "../http/express-app.ts";
import { nullLog, observed } from "../http/observe.ts";
import type { Check } from "../http/stacks.ts";

/** How the collector is while an app sends its spans there. */
export const states = ["healthy", "killed", "hanging", "slow", "refusing"] as const;

export type State = (typeof states)[number];

/** Milliseconds: longer than the queue takes to fill. */
const slowness = 2_000;

/** A collector that reads what it is sent and does nothing with it. @returns its port */
export async function standIn(state: State): Promise<number> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => answers[state](response));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const answers: Readonly<Record<State, (response: ServerResponse) => void>> = {
  healthy: (response) => response.end(),
  // it dies before it is asked
  killed: () => undefined,
  hanging: () => undefined,
  slow: (response) => setTimeout(() => response.end(), slowness),
  refusing: (response) => response.writeHead(503).end(),
};

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
  const { aiwatch, check } = observed(observers, async () => ({ lines: await log.lines() }));
  const server = expressServer([aiwatchExpress(aiwatch)]).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, check, dropped: () => tracing.dropped };
}
