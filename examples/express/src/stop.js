/** How long chats that go on may take to end. */
const graceMs = 10_000;

/**
 * On SIGTERM and SIGINT: takes no more, lets what goes on come to its end, delivers all telemetry, and leaves with 0. A second signal ends
 * the process at once.
 *
 * @param {object} parts
 * @param {import("node:http").Server} parts.server
 * @param {import("./chats.js").Chats} parts.chats
 * @param {import("@aiwatch/core").Aiwatch} parts.aiwatch
 * @param {import("pino").Logger} parts.logger
 */
export function stopOnSignals({ server, chats, aiwatch, logger }) {
  const signals = /** @type {const} */ (["SIGTERM", "SIGINT"]);

  const stop = async (/** @type {NodeJS.Signals} */ signal) => {
    for (const each of signals) process.off(each, stop);
    logger.info({ component: "server", signal }, "stopping");
    chats.close();
    setTimeout(() => chats.stop(), graceMs);
    // a client that does not read its answer holds nobody up
    setTimeout(() => server.closeAllConnections(), graceMs + 1000);
    await closeServer(server);
    await aiwatch.close();
    process.exit(0);
  };

  for (const signal of signals) process.on(signal, stop);
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
