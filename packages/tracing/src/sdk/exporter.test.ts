import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OtlpReceiver, otlpReceiver } from "@aiwatch/testkit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startSpan, startTracing } from "../index.ts";
import type { OtlpProtocol } from "../settings/rows.ts";
import { cleanTracing, refusalOf } from "../test-support/clean-tracing.ts";
import { type GrpcCollector, grpcCollector } from "../test-support/grpc-collector.ts";
import { sdkOf } from "./load-sdk.ts";
import { installedPackages } from "./packages.ts";

cleanTracing();

const secret = "canary";

describe.each<[OtlpProtocol, string]>([
  ["http/protobuf", "application/x-protobuf"],
  ["http/json", "application/json"],
])("OTLP over %s", (protocol, contentType) => {
  let receiver: OtlpReceiver;
  beforeEach(async () => {
    receiver = await otlpReceiver();
  });
  afterEach(() => receiver.close());

  it("arrives, with headers of the option, the environment and the URL", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", protocol);
    vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-general=1,x-both=general");
    vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-both=signal%2C");
    vi.stubEnv("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
    const endpoint = `http://ada:${secret}@${receiver.endpoint}`;
    const tracing = startTracing({ endpoint, headers: { "x-tenant": "7" } });
    startSpan("one", { text: "ä" }).end();
    await tracing.shutdown();
    expect(receiver.spans()).toMatchObject([{ name: "one", attributes: { text: "ä" } }]);
    expect(receiver.headers()[0]).toMatchObject({
      "content-type": contentType,
      "content-encoding": "gzip",
      "x-tenant": "7",
      "x-general": "1",
      "x-both": "signal,",
      authorization: `Basic ${Buffer.from(`ada:${secret}`).toString("base64")}`,
    });
    expect(tracing.dropped).toBe(0);
  });
});

describe("OTLP over grpc", () => {
  let collector: GrpcCollector;
  beforeEach(async () => {
    collector = await grpcCollector();
  });
  afterEach(() => collector.close());

  it("arrives, with headers of the option, the environment and the URL", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_HEADERS", "x-general=1");
    vi.stubEnv("OTLP_ENDPOINT", `ada:${secret}@${collector.endpoint}`);
    const tracing = startTracing({ protocol: "grpc", headers: { "x-tenant": "7" } });
    expect(tracing.endpoint).toBe(`http://${collector.endpoint}`);
    startSpan("one", { text: "ä" }).end();
    await tracing.flush();
    startSpan("two").end();
    await tracing.shutdown();
    expect(collector.receiver.spans()).toMatchObject([{ name: "one", attributes: { text: "ä" } }, { name: "two" }]);
    expect(collector.metadata[0]).toMatchObject({
      "x-tenant": "7",
      "x-general": "1",
      authorization: `Basic ${Buffer.from(`ada:${secret}`).toString("base64")}`,
    });
    expect(tracing.dropped).toBe(0);
  });

  it("by the environment alone", async () => {
    vi.stubEnv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint);
    vi.stubEnv("OTEL_EXPORTER_OTLP_INSECURE", "true");
    const tracing = startTracing();
    startSpan("one").end();
    await tracing.shutdown();
    expect(collector.receiver.spans()).toHaveLength(1);
  });
});

it("an exporter that the SDK does not bring is one error, with the remedy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-sdk-"));
  for (const name of ["sdk-node", "sdk-trace", "resources"]) {
    const at = join(folder, "node_modules/@opentelemetry", name);
    await mkdir(at, { recursive: true });
    await writeFile(join(at, "index.js"), "exports.NodeSDK = exports.BatchSpanProcessor = class {};");
  }
  const sdk = sdkOf(installedPackages(createRequire(join(folder, "app.js"))));
  const settings = { endpoint: { url: "http://x", shown: "http://x" }, headers: {}, agent: undefined };
  expect(refusalOf(() => sdk.exporter({ ...settings, protocol: "grpc" }))).toBe(
    "AIWATCH_MISSING_PEER: OTLP over grpc (OTEL_EXPORTER_OTLP_PROTOCOL) needs @opentelemetry/exporter-trace-otlp-grpc, which is not among the dependencies of this @opentelemetry/sdk-node: npm install @opentelemetry/exporter-trace-otlp-grpc",
  );
  await rm(folder, { recursive: true });
});
