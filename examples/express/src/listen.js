import { once } from "node:events";
import { createServer } from "node:http";
import { invalidSetting } from "@aiwatch/core/adapter";

/**
 * @param {import("express").Express} app
 * @param {import("./settings.js").Settings} settings
 * @throws an error in one line that names the setting which is in the way
 */
export async function listen(app, { port, host }) {
  const server = createServer(app).listen(port, host);
  try {
    await once(server, "listening");
    return server;
  } catch (error) {
    throw explain(error, port, host);
  }
}

/**
 * @param {unknown} error
 * @param {number} port
 * @param {string} host
 */
function explain(error, port, host) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return invalidSetting(
        "PORT",
        port,
        "a free port: another program listens there; stop it, or choose another port or 0",
      );
    case "EACCES":
      return invalidSetting("PORT", port, "a port that this user may open, such as 8080");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return invalidSetting("HOST", host, "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them");
    default:
      return error;
  }
}
