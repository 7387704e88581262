import { setTimeout as sleep } from "node:timers/promises";

/** How long chats that go on may take to end. */
const graceMs = 10_000;

/**
 * On SIGTERM and SIGINT: takes no more chats, lets those that go on come to their end, delivers all telemetry, and leaves with 0. Until the
 * last chat has ended the port stays open, so that readiness can say no. A second signal ends the process at once.
 *
 * @param {object} parts
 * @param {import("node:http").Server} parts.server
 * @param {import("./chats.js").Chats} parts.chats
 * @param {import("@aiwatch/core").Aiwatch} parts.aiwatch
 * @param {import("pino").Logger} parts.logger
 */
export function stopOnSignals({ server, chats, aiwatch, logger }) {
  const unused = unusedConnections(server);
  const signals = /** @type {const} */ (["SIGTERM", "SIGINT"]);

  const stop = async (/** @type {NodeJS.Signals} */ signal) => {
    // not before the other listeners ran: signal-exit, which llama.cpp's bindings bring, ends a process that has none beside its own
    setImmediate(() => {
      for (const each of signals) process.off(each, stop);
    });
    logger.info({ component: "server", signal }, "stopping");
    // not ready from now on, and the page's panel says why
    aiwatch.startDraining();
    // a client that does not read its answer holds nobody up
    setTimeout(() => server.closeAllConnections(), graceMs + 1000);
    await Promise.race([chats.close(), sleep(graceMs)]);
    chats.stop();
    const closed = closeServer(server);
    for (const connection of unused) connection.destroy();
    await closed;
    await aiwatch.close();
    process.exit(0);
  };

  for (const signal of signals) process.on(signal, stop);
}

/**
 * Browsers connect in advance. Node takes such a connection for a busy one until its first request is over.
 *
 * @param {import("node:http").Server} server
 * @returns {ReadonlySet<import("node:net").Socket>} those on which nothing was asked yet
 */
function unusedConnections(server) {
  /** @type {Set<import("node:net").Socket>} */
  const unused = new Set();
  server.on("connection", (connection) => {
    unused.add(connection);
    connection.once("close", () => unused.delete(connection));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return unused;
}

/**
 * Closes the server once its last answer is complete; connections that are kept open for a next request are closed as they fall idle.
 *
 * @param {import("node:http").Server} server
 * @returns {Promise<void>}
 */
function closeServer(server) {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}
