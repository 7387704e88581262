import type { Server } from "node:net";
import { constants } from "node:os";
import { coreSettings } from "../settings/core-settings.ts";
import { invalidSetting, readRow } from "../settings/settings.ts";

export interface SignalOptions {
  /** The servers of the app, from `node:http`, `node:https` or `node:http2`: they stop accepting and their requests are waited for. @default none */
  readonly server?: Server | readonly Server[];
  /** @default ["SIGTERM", "SIGINT"] */
  readonly signals?: readonly NodeJS.Signals[];
  /**
   * How long the servers go on accepting after readiness turned 503, in milliseconds. Load balancers take a moment to see it: behind one, set
   * a little more than it needs, such as 5000 in Kubernetes. It is none by default, since nobody at a terminal wants to wait for it.
   * @default `AIWATCH_DRAIN_MS`, else 0
   */
  readonly drainMs?: number;
  /**
   * How long, after that, requests and inferences may take to end, in milliseconds. What goes on then is cut.
   * @default `AIWATCH_SHUTDOWN_TIMEOUT_MS`, else 10000: with `closeTimeoutMs` it stays below the 30 s that Kubernetes gives
   */
  readonly timeoutMs?: number;
  /** Ends the process. @default process.exit */
  readonly exit?: (code: number) => void;
}

export interface SignalSettings {
  readonly servers: readonly Server[];
  readonly signals: readonly NodeJS.Signals[];
  readonly drainMs: number;
  readonly timeoutMs: number;
  readonly exit: (code: number) => void;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used */
export function readSignalSettings(options: SignalOptions): SignalSettings {
  const { server = [], signals = ["SIGTERM", "SIGINT"], exit = (code) => process.exit(code) } = options;
  const servers: readonly Server[] = Array.isArray(server) ? server : [server];
  validateServers(servers);
  validateSignals(signals);
  if (typeof exit !== "function") throw invalidSetting("the option exit", exit, "a function");
  return {
    servers,
    signals,
    exit,
    drainMs: readRow(coreSettings.drainMs, options.drainMs),
    timeoutMs: readRow(coreSettings.shutdownTimeoutMs, options.timeoutMs),
  };
}

/** An app in place of its server, which is what `listen` returns, is the likely mistake. */
function validateServers(servers: readonly unknown[]): void {
  const expected = "what listen() returned, or a list of such servers";
  for (const server of servers) if (!isServer(server)) throw invalidSetting("the option server", server, expected);
}

function isServer(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "close" in value && typeof value.close === "function" && "on" in value && typeof value.on === "function";
}

function validateSignals(signals: unknown): void {
  const expected = 'a list of signals that can be handled, such as ["SIGTERM"]';
  if (!Array.isArray(signals) || signals.length === 0) throw invalidSetting("the option signals", signals, expected);
  for (const signal of signals) {
    if (!isSignal(signal) || unheard.has(signal)) throw invalidSetting("the option signals", signal, expected);
  }
}

/** No process hears of these. */
const unheard = new Set<unknown>(["SIGKILL", "SIGSTOP"]);

function isSignal(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(constants.signals, value);
}
