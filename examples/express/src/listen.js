import { once } from "node:events";
import { createServer } from "node:http";
import { SettingError } from "./settings.js";

/**
 * @param {import("express").Express} app
 * @param {import("./settings.js").Settings} settings
 * @throws {SettingError} for a port or a host that cannot be listened on
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
      return new SettingError(
        "PORT",
        port,
        "a free port: another program listens there; stop it, or choose another port or 0",
      );
    case "EACCES":
      return new SettingError("PORT", port, "a port that this user may open, such as 8080");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new SettingError(
        "HOST",
        host,
        "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
      );
    default:
      return error;
  }
}
