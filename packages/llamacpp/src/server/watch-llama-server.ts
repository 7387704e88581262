import timers from "node:timers";
import {
  type Aiwatch,
  type CheckOptions,
  defaultAiwatch,
  type Health,
  type HealthCheck,
  isAiwatchError,
} from "@aiwatch/core";
import { adapterOf } from "@aiwatch/core/adapter";
import type { ServerReading } from "./server-reading.ts";
import { ServerWatch } from "./server-watch.ts";
import { type CheckedOptions, checkOptions, type WatchOptions } from "./watch-options.ts";

export type { WatchOptions } from "./watch-options.ts";

const { clearInterval, setInterval } = timers;

/** The rows that a watched server fills beside those of any server. Not from the adapter in the process: its code is none of this entry. */
const engine = { name: "llama.cpp" };

/** A watch on one model server. */
export interface WatchedServer {
  /** The value of the label `server`. */
  readonly name: string;
  /** What was read last, however long ago; undefined before the first reading has ended. */
  readonly last: ServerReading | undefined;
  /**
   * Reads the server now; who asks while it is read, or within 250 ms after, gets the same reading. It takes at most `timeoutMs`. Never rejects.
   * @returns undefined once the watch is closed, and of a disabled instance
   */
  read(): Promise<ServerReading | undefined>;
  /** Ends the watch: its series, its check and what is under way. `aiwatch.close()` does it, too. Calling it twice is harmless. */
  close(): void;
}

/**
 * Watches a model server: a llama-server with one model or as a router, an Ollama, or a Docker Model Runner. It reads the server's own figures into
 * `genai_app_model_server_…` and `genai_app_llamacpp_server_…`, all clients of the server included, and adds a readiness check that follows the
 * server's. What the app's own inferences count stays apart.
 *
 * The server is read when somebody asks: at a scrape, for readiness, by `read()`, and once at the beginning. A scrape waits for it, `timeoutMs` at
 * the most; what is not known by then is absent. No request wakes a model that sleeps, keeps one awake, or has a router load one. A server that
 * cannot be read is `genai_app_model_server_up` 0, one diagnostic, and a reason in readiness.
 *
 * Where AIWatch is disabled nothing is asked.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that cannot be used, and when a server of that name is watched already; without
 *   an instance, `AIWATCH_METRIC_CONFLICT` or `AIWATCH_INVALID_SETTING` where none can be made
 * @example
 * const server = watchLlamaServer({ url: "http://127.0.0.1:8080", apiKey, aiwatch });
 * const reading = await server.read();
 * console.log(reading?.isUp, reading?.models);
 */
export function watchLlamaServer(options: WatchOptions): WatchedServer {
  const checked = checkOptions(options);
  const aiwatch = options.aiwatch ?? defaultAiwatch();
  if (aiwatch.disabled) return nothingWatched(checked.server);
  const host = adapterOf(aiwatch, engine);
  const watch = new ServerWatch(host, checked);
  const undos = [host.watchServer(checked.server, () => watch.read()), addCheck(aiwatch, watch, checked)];
  const { intervalMs } = checked;
  if (intervalMs !== undefined) {
    const timer = setInterval(() => void watch.read(), intervalMs).unref();
    undos.push(() => clearInterval(timer));
  }
  const close = () => {
    watch.close();
    for (const undo of undos) undo();
  };
  undos.push(aiwatch.onClose(close));
  void watch.read();
  return {
    name: checked.server,
    get last() {
      return watch.last;
    },
    read: () => watch.read(),
    close,
  };
}

/** The check says why the server is not ready, and names it only as the app does: anybody may ask for readiness. */
function addCheck({ health }: Aiwatch, watch: ServerWatch, { name, timeoutMs, critical }: CheckedOptions): () => void {
  const check = async () => {
    const { isUp = false, reason } = (await watch.read()) ?? {};
    return reason === undefined ? isUp : { ok: isUp, detail: `the model server ${reason}` };
  };
  // the reading ends by itself
  const options = { timeoutMs: timeoutMs + 1000, critical };
  return addNamed(health, checkName(name), check, options);
}

const longestName = 60;

function checkName(name: string | undefined): string {
  const base = name === undefined ? "model-server" : `model-server:${name.replace(/[^\w.:-]/g, "_")}`;
  return base.slice(0, longestName);
}

/** Several servers without names of their own are told apart by numbers. */
function addNamed(health: Health, name: string, check: HealthCheck, options: CheckOptions): () => void {
  for (let number = 1; ; number += 1) {
    try {
      return health.addCheck(number === 1 ? name : `${name}-${number}`, check, options);
    } catch (error) {
      if (number === mostNumbers || !isAiwatchError(error)) throw error;
    }
  }
}

const mostNumbers = 100;

function nothingWatched(name: string): WatchedServer {
  return { name, last: undefined, read: async () => undefined, close() {} };
}
