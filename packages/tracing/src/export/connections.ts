import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { Agent as HttpAgent, globalAgent as httpGlobalAgent } from "node:http";
import { Agent as HttpsAgent, globalAgent as httpsGlobalAgent } from "node:https";
import { Socket } from "node:net";
import { AiwatchError } from "@aiwatch/core";
import { type Environment, invalidSetting, readRow } from "@aiwatch/core/adapter";
import { withoutSecrets } from "../settings/endpoint.ts";
import { tracingRows } from "../settings/rows.ts";

/** Makes the agent that exports go through: for an endpoint's protocol, at the first export. */
export type AgentFactory = (protocol: "http:" | "https:") => HttpAgent | Promise<HttpAgent>;

/** What the exporters take for their connections: options of Node's agent, or what makes one. */
export type HttpAgentOptions = AgentFactory | Readonly<Record<string, unknown>>;

/**
 * How exports to `url` are connected: by the app's agent, else through the proxy of the environment where Node's own requests use it.
 * @returns `undefined` where the exporter's own way is right
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an agent that cannot be used
 */
export function exportAgent(
  url: string,
  agent: HttpAgent | AgentFactory | undefined,
  environment: Environment = process.env,
): HttpAgentOptions | undefined {
  const { protocol } = new URL(url);
  if (agent !== undefined) return checkedAgent(agent, protocol);
  const isSecure = protocol === "https:";
  // Node sets it at its start: by NODE_USE_ENV_PROXY, by --use-env-proxy, or not at all, as before its releases 22.21 and 24.5
  const proxyEnv: unknown = Reflect.get(isSecure ? httpsGlobalAgent : httpGlobalAgent, "options")?.proxyEnv;
  if (proxyEnv === undefined) return undefined;
  return { keepAlive: true, proxyEnv, ...(isSecure && certificatesOf(environment)) };
}

function checkedAgent(agent: HttpAgent | AgentFactory, protocol: string): AgentFactory {
  // a function of ours each time: older exporters write into it
  if (typeof agent === "function") return (asked) => agent(asked);
  if (typeof agent !== "object" || agent === null || !("addRequest" in agent)) {
    // the URL of a proxy is a likely mistake, and may hold a password
    const shown: unknown = typeof agent === "string" ? withoutSecrets(agent) : agent;
    throw invalidSetting(
      "the option agent",
      shown,
      "an agent of node:http or node:https, or a function that returns one",
    );
  }
  // other classes than Node's may serve both
  const other = protocol === "https:" ? HttpAgent : HttpsAgent;
  if (Object.getPrototypeOf(agent) === other.prototype) {
    const [wanted, given] = protocol === "https:" ? ["https", "http"] : ["http", "https"];
    const message = `the option agent is an agent of node:${given}, expected one of node:${wanted} for an ${protocol} endpoint`;
    throw new AiwatchError("AIWATCH_INVALID_SETTING", message);
  }
  return () => agent;
}

/** What the exporter would give its own agent, and gives no other. */
function certificatesOf(environment: Environment): Readonly<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const [name, row] of Object.entries(certificateFiles)) {
    const path = readRow(row, undefined, environment);
    if (path !== undefined) files[name] = readFileSync(path);
  }
  return files;
}

const { certificate: ca, clientCertificate: cert, clientKey: key } = tracingRows;
const certificateFiles = { ca, cert, key };

/** The connections that exports open. The exporters do not hand them out, and one that hangs keeps the process alive. */
export interface ExportSockets {
  /** Runs an export: the connections that come of it are known from now on. */
  watch(action: () => void): void;
  /** Cuts the connections, and those that are still tried. */
  cut(): void;
  /** Looks at new connections no longer. */
  forget(): void;
}

/** Node publishes each client socket here, before it connects. */
const channel = "net.client.socket";

export function exportSockets(): ExportSockets {
  // a retry may open the connection long after the export began: the asynchronous context still says whose it is
  const exporting = new AsyncLocalStorage<boolean>();
  const open = new Set<Socket>();
  let isCut = false;
  const seen = (message: unknown) => {
    const socket = socketOf(message);
    if (exporting.getStore() !== true || socket === undefined) return;
    // Node connects it only after it has published it
    if (isCut) process.nextTick(destroy, socket);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  subscribe(channel, seen);
  return {
    watch: (action) => exporting.run(true, action),
    cut: () => {
      isCut = true;
      for (const socket of open) destroy(socket);
    },
    forget: () => unsubscribe(channel, seen),
  };
}

/** With an error of no known code: the exporters try again after those that a network has. */
function destroy(socket: Socket): void {
  socket.destroy(new Error("tracing was shut down"));
}

function socketOf(message: unknown): Socket | undefined {
  const socket: unknown = typeof message === "object" && message !== null ? Reflect.get(message, "socket") : undefined;
  return socket instanceof Socket ? socket : undefined;
}
