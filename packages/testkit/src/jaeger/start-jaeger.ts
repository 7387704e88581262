import { setTimeout as delay } from "node:timers/promises";
import { type RunningProcess, startProcess } from "../process/running-process.ts";
import { needTool } from "../tools/fetch-tool.ts";
import { type JaegerApi, type JaegerTrace, jaegerApi } from "./jaeger-api.ts";
import { anyPorts, type JaegerPorts, jaegerConfig } from "./jaeger-config.ts";

export interface JaegerOptions {
  /** For one that comes back where it was. @default ports that it chooses itself */
  readonly ports?: JaegerPorts;
}

export interface RunningJaeger extends JaegerApi {
  readonly ports: JaegerPorts;
  /** What Jaeger logged, whole lines of JSON. */
  readonly log: readonly string[];
  /**
   * Asks until `holds` is true of the trace and resolves with it: spans come in batches and announce themselves to nobody. Rejects after
   * `timeoutMs` (default 30,000) with what Jaeger had of it.
   */
  traceUntil(
    traceId: string,
    holds: (trace: JaegerTrace) => boolean,
    options?: { timeoutMs?: number },
  ): Promise<JaegerTrace>;
  /** Stops this Jaeger, whose traces are gone with it: politely, or by SIGKILL. Calling it twice is harmless. */
  close(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

const ASK_EVERY_MS = 50;

/** A real Jaeger on the loopback that keeps its traces in memory. */
export async function startJaeger({ ports: wanted = anyPorts }: JaegerOptions = {}): Promise<RunningJaeger> {
  const { jaeger } = await needTool("jaeger");
  const running = await startProcess(jaeger, ["--config", `yaml:${jaegerConfig(wanted)}`]);
  const close = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => void (await running.stop(signal));
  try {
    const ports = await readyPorts(running);
    const api = jaegerApi(`http://127.0.0.1:${ports.query}`);
    return {
      ...api,
      ports,
      log: running.stderr,
      traceUntil: (traceId, holds, { timeoutMs = 30_000 } = {}) =>
        traceUntil(api, traceId, holds, Date.now() + timeoutMs),
      close,
    };
  } catch (error) {
    await close("SIGKILL");
    throw error;
  }
}

/** Jaeger logs the addresses it got, and a line when it is ready: no port is guessed and nothing is polled. */
async function readyPorts(running: RunningProcess): Promise<JaegerPorts> {
  await running.waitForLine(/Everything is ready/, 30_000);
  const portIn = async (line: RegExp) => Number((await running.waitForLine(line))[1]);
  return {
    query: await portIn(/"http_addr":"127\.0\.0\.1:(\d+)"/),
    otlpHttp: await portIn(/"msg":"Starting HTTP server".*"endpoint":"127\.0\.0\.1:(\d+)"/),
    otlpGrpc: await portIn(/"msg":"Starting GRPC server".*"endpoint":"127\.0\.0\.1:(\d+)"/),
  };
}

async function traceUntil(
  api: JaegerApi,
  traceId: string,
  holds: (trace: JaegerTrace) => boolean,
  deadline: number,
): Promise<JaegerTrace> {
  for (;;) {
    const trace = await api.trace(traceId);
    if (trace !== undefined && holds(trace)) return trace;
    if (Date.now() > deadline) {
      const spans = trace?.spans.map(({ operationName }) => operationName) ?? [];
      throw new Error(`Jaeger has of the trace ${traceId}: ${spans.join(", ") || "nothing"}`);
    }
    await delay(ASK_EVERY_MS);
  }
}
