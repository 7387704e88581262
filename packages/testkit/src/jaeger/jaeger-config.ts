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
