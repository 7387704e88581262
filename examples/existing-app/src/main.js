import { app } from "./app.js";
import { logger } from "./logger.js";
import { aiwatch } from "./observe.js"; // AIWatch
import { sdk } from "./tracing.js";

const server = app.listen(Number(process.env["PORT"] ?? 8080), "127.0.0.1", () => {
  logger.info({ address: server.address() }, "listening");
});

process.once("SIGTERM", () => {
  server.close(async () => {
    await aiwatch.close(); // AIWatch
    await sdk.shutdown();
    process.exit(0);
  });
  server.closeIdleConnections();
});
