import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import { destination } from "pino";
import { startLoadApp } from "../../load/test-support/load-app.ts";

/** The app of the load with all its signals: metrics, lines to nowhere, and each request's span to the collector of `OTLP_ENDPOINT`. */
const tracing = startTracing({ sampler: "always_on", shutdownTimeoutMs: 2_000 });
const logger = createLogger({ destination: destination({ dest: "/dev/null", sync: true }) });
const { aiwatch, server, look } = startLoadApp([logTo(logger)]);

look.get("/flush", async (_req, res) => {
  await tracing.flush();
  res.end();
});

/** Ends as an app does, and says on its way out how long that took, in milliseconds, and what was lost. */
look.get("/close", async (_req, res) => {
  res.set("connection", "close").end();
  server.close();
  const closed = await timed(() => aiwatch.close());
  const shutdown = await timed(() => tracing.shutdown());
  const { dropped } = tracing;
  process.on("exit", () => process.stdout.write(`ended ${JSON.stringify({ closed, shutdown, dropped })}\n`));
});

async function timed(action: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await action();
  return performance.now() - began;
}
