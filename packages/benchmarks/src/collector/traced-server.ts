import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { Aiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import type express from "express";
import { Registry } from "prom-client";
import { nullLog } from "../http/null-log.ts";
import { assertRecorded, itemOf } from "../http/stacks.ts";

export interface TracedServer {
  readonly port: number;
  /** Spans that were lost so far. */
  dropped(): number;
  /** @throws when a fault was reported, or when other than `expected` requests were recorded */
  check(expected: number): Promise<void>;
}

/** Not before it is wanted: what OpenTelemetry instruments in other servers of this program must be loaded after it. */
const load = createRequire(import.meta.url);

/** Express with all signals: metrics, a line to the null device, a span that is sent to the collector; the settings are the defaults. */
export async function startTracedServer(collectorPort: number): Promise<TracedServer> {
  const tracing = startTracing({ endpoint: `127.0.0.1:${collectorPort}`, sampler: "always_on" });
  const log = nullLog();
  const observers = [logTo(createLogger({ destination: log.stream }))];
  const faults: unknown[] = [];
  const aiwatch = new Aiwatch({ registry: new Registry(), observers, onDiagnostic: (fault) => faults.push(fault) });
  const app = (load("express") as typeof express)();
  app.use(aiwatchExpress(aiwatch));
  app.get("/items/:id", (req, res) => {
    res.json(itemOf(req.params.id));
  });
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    dropped: () => tracing.dropped,
    async check(expected) {
      if (faults.length > 0) throw new Error("AIWatch reported a fault", { cause: faults[0] });
      const { values } = await aiwatch.instruments.httpRequests.get();
      const metrics = values.reduce((sum, { value }) => sum + value, 0);
      assertRecorded({ metrics, lines: log.lines() }, expected);
    },
  };
}
