import { basename } from "node:path";

/**
 * Says where everything is, while the model is still being loaded. On stderr: stdout is for log lines, which are JSON.
 *
 * @param {import("node:http").Server} server
 * @param {import("./settings.js").Settings} settings
 */
export function printWelcome(server, settings) {
  const url = urlOf(server, settings.host);
  const places = {
    chat: `${url}/`,
    metrics: `${url}/metrics`,
    summary: `${url}/metrics/summary`,
    traces: `${url}/traces`,
    health: `${url}/health`,
    readiness: `${url}/readiness`,
    dashboards: "docker compose -f dashboards/compose.yaml up -d, then http://localhost:3001 (admin/admin)",
    "": "and start this with OTLP_ENDPOINT=localhost:4318, on Linux with HOST=172.17.0.1 too: Docker's bridge",
    model: modelOf(settings),
  };
  const lines = Object.entries(places).map(([name, place]) => `  ${name.padEnd(12)}${place}`);
  console.error(["", "A chat observed by AIWatch is up. Ctrl+C stops it.", "", ...lines, ""].join("\n"));
}

/** @param {import("./settings.js").Settings} settings */
function modelOf({ server, modelPath }) {
  if (server !== undefined) return `${server.model ?? "the only one"} at ${server.baseUrl}`;
  if (modelPath !== undefined) return `${basename(modelPath)}, loading`;
  return "a tiny one, made here (MODEL_PATH=… for your own GGUF, BASE_URL=… for a server), loading";
}

/**
 * @param {import("node:http").Server} server
 * @param {string} host
 */
function urlOf(server, host) {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : "";
  const shown = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}
