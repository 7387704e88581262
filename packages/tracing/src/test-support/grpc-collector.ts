import { createRequire } from "node:module";
import { type OtlpReceiver, otlpReceiver } from "@aiwatch/testkit";

export interface GrpcCollector {
  /** `127.0.0.1:port`. */
  readonly endpoint: string;
  readonly receiver: OtlpReceiver;
  /** Of each call, as text. */
  readonly metadata: readonly Record<string, unknown>[];
  close(): Promise<void>;
}

interface Call {
  readonly request: Uint8Array<ArrayBuffer>;
  readonly metadata: { getMap(): Record<string, unknown> };
}

/** What we use of gRPC. */
interface Grpc {
  readonly Server: new () => {
    addService(service: object, methods: object): void;
    bindAsync(address: string, credentials: unknown, done: (error: Error | null, port: number) => void): void;
    forceShutdown(): void;
  };
  readonly ServerCredentials: { createInsecure(): unknown };
}

const names = ["sdk-node", "exporter-trace-otlp-grpc", "otlp-grpc-exporter-base"];

/**
 * Real gRPC. Its messages are those of OTLP over HTTP: the receiver there decodes them.
 * @param success the message that it answers with
 */
export async function grpcCollector(answers = true, success: Buffer = Buffer.alloc(0)): Promise<GrpcCollector> {
  const path = names.reduce((from, name) => createRequire(from).resolve(`@opentelemetry/${name}`), import.meta.url);
  const grpc = createRequire(path)("@grpc/grpc-js") as Grpc;
  const receiver = await otlpReceiver();
  const metadata: Record<string, unknown>[] = [];
  const server = new grpc.Server();
  const bytes = (value: Uint8Array) => value;
  const method = {
    path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    requestStream: false,
    responseStream: false,
    requestSerialize: bytes,
    requestDeserialize: bytes,
    responseSerialize: bytes,
    responseDeserialize: bytes,
  };
  const receive = async ({ request, metadata: sent }: Call, done: (error: unknown, answer?: Uint8Array) => void) => {
    metadata.push(sent.getMap());
    if (!answers) return;
    const headers = { "content-type": "application/x-protobuf" };
    const { ok } = await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: request });
    done(ok ? null : new Error("refused"), success);
  };
  server.addService({ Export: method }, { Export: receive });
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, at: number) => (error === null ? resolve(at) : reject(error));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), bound);
  });
  const close = () => {
    server.forceShutdown();
    return receiver.close();
  };
  return { endpoint: `127.0.0.1:${port}`, receiver, metadata, close };
}
