import { setTimeout as delay } from "node:timers/promises";
import { type RunningProcess, startProcess } from "../process/running-process.ts";
import { needTool } from "../tools/fetch-tool.ts";

/** Where Jaeger listens on the loopback. */
export interface JaegerPorts {
  /** The HTTP API. */
  readonly query: number;
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
}

/** Jaeger chooses each of them. */
export const anyPorts: JaegerPorts = { query: 0, otlpHttp: 0, otlpGrpc: 0 };

/** Traces in memory, taken by OTLP and shown at once; nothing else of Jaeger's listens. It is JSON, which Jaeger reads because it is YAML too. */
export function jaegerConfig({ query, otlpHttp, otlpGrpc }: JaegerPorts): string {
  const storage = "memory";
  return JSON.stringify({
    extensions: {
      jaeger_storage: { backends: { [storage]: { memory: { max_traces: 10_000 } } } },
      jaeger_query: {
        storage: { traces: storage },
        // its own traces would go to whatever Jaeger this machine has
        enable_tracing: false,
        http: { endpoint: address(query) },
        grpc: { endpoint: address(0) },
      },
    },
    receivers: {
      otlp: { protocols: { http: { endpoint: address(otlpHttp) }, grpc: { endpoint: address(otlpGrpc) } } },
    },
    exporters: { jaeger_storage_exporter: { trace_storage: storage } },
    service: {
      extensions: ["jaeger_storage", "jaeger_query"],
      pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
      telemetry: { metrics: { level: "none" }, logs: { encoding: "json" } },
    },
  });
}

function address(port: number): string {
  return `127.0.0.1:${port}`;
}

/** The parts of Jaeger's HTTP API that tests ask. Times are microseconds. */
export interface JaegerApi {
  /** `undefined` where Jaeger has no span of it. */
  trace(traceId: string): Promise<JaegerTrace | undefined>;
  /** The traces of a service, the latest first; of those that have a span of that name and with those tags. */
  search(query: JaegerSearch): Promise<JaegerTrace[]>;
  services(): Promise<string[]>;
}

export interface JaegerSearch {
  readonly service: string;
  readonly operation?: string;
  readonly tags?: Record<string, string>;
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  /** By the names that spans call them. */
  readonly processes: Record<string, JaegerProcess>;
}

export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly JaegerTag[];
}

export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { refType: "CHILD_OF" | "FOLLOWS_FROM"; traceID: string; spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { timestamp: number; fields: readonly JaegerTag[] }[];
  readonly processID: string;
}

export interface JaegerTag {
  readonly key: string;
  readonly type: string;
  readonly value: string | number | boolean;
}

export function jaegerApi(url: string): JaegerApi {
  const ask = async <T>(path: string): Promise<T | undefined> => {
    const response = await fetch(`${url}/api/${path}`);
    if (response.status === 404) return undefined;
    const answer = (await response.json()) as { data: T | null; errors: { msg: string }[] | null };
    if (!response.ok) throw new Error(`Jaeger refuses ${path}: ${answer.errors?.map(({ msg }) => msg).join("; ")}`);
    return answer.data ?? undefined;
  };
  return {
    trace: async (traceId) => (await ask<JaegerTrace[]>(`traces/${traceId}`))?.[0],
    search: async (query) => (await ask<JaegerTrace[]>(`traces?${parametersOf(query)}`)) ?? [],
    services: async () => (await ask<string[]>("services")) ?? [],
  };
}

function parametersOf({ service, operation, tags }: JaegerSearch): URLSearchParams {
  return new URLSearchParams({
    service,
    ...(operation !== undefined && { operation }),
    ...(tags !== undefined && { tags: JSON.stringify(tags) }),
  });
}

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
