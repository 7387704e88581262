import { createRequire } from "node:module";
import { otlpReceiver } from "@aiwatch/testkit";
import * as sdkNode from "@opentelemetry/sdk-node";
import { describe, expect, it, vi } from "vitest";
import { type SdkModules, startSpan, startTracing } from "../index.ts";
import type { OtlpProtocol } from "../settings/rows.ts";
import { cleanTracing, refusalOf } from "../test-support/clean-tracing.ts";
import { grpcCollector } from "../test-support/grpc-collector.ts";

cleanTracing();

const requireOfSdk = createRequire(createRequire(import.meta.url).resolve("@opentelemetry/sdk-node"));
const exporters: Readonly<Record<OtlpProtocol, `@opentelemetry/${string}`>> = {
  "http/protobuf": "@opentelemetry/exporter-trace-otlp-proto",
  "http/json": "@opentelemetry/exporter-trace-otlp-http",
  grpc: "@opentelemetry/exporter-trace-otlp-grpc",
};
const given = (protocol: OtlpProtocol): SdkModules => ({
  "@opentelemetry/sdk-node": sdkNode,
  [exporters[protocol]]: requireOfSdk(exporters[protocol]),
});

describe("an SDK that is handed in", () => {
  it.each(["http/protobuf", "http/json"] as const)("sends over %s", async (protocol) => {
    const receiver = await otlpReceiver();
    vi.stubEnv("OTEL_RESOURCE_ATTRIBUTES", "team=models");
    const options = { protocol, sdk: given(protocol), sampler: "always_on" as const, serviceName: "bundled" };
    const tracing = startTracing({ endpoint: receiver.url, ...options });
    startSpan("one").end();
    await tracing.shutdown();
    expect(receiver.spans()).toMatchObject([
      { name: "one", resource: { "service.name": "bundled", team: "models", "host.name": expect.any(String) } },
    ]);
    await receiver.close();
  });

  it("sends over gRPC, with headers where gRPC is handed in, too", async () => {
    const collector = await grpcCollector();
    const base = createRequire(requireOfSdk.resolve(exporters.grpc)).resolve("@opentelemetry/otlp-grpc-exporter-base");
    const options = { endpoint: collector.endpoint, protocol: "grpc", headers: { "x-tenant": "7" } } as const;
    expect(refusalOf(() => startTracing({ ...options, sdk: given("grpc") }))).toMatch(
      /^AIWATCH_MISSING_PEER: headers over grpc needs @grpc\/grpc-js, which is not in the option sdk of startTracing\(\)/,
    );
    const sdk = { ...given("grpc"), "@grpc/grpc-js": createRequire(base)("@grpc/grpc-js") };
    const tracing = startTracing({ ...options, sdk });
    startSpan("one").end();
    await tracing.shutdown();
    expect(collector.receiver.spans()).toHaveLength(1);
    expect(collector.metadata[0]).toMatchObject({ "x-tenant": "7" });
    await collector.close();
  });

  it("may have its names on the default export alone, as bundlers put those of CommonJS", async () => {
    const receiver = await otlpReceiver();
    const sdk = Object.fromEntries(
      Object.entries(given("http/protobuf")).map(([name, module]) => [name, { default: module }]),
    ) as unknown as SdkModules;
    const tracing = startTracing({ endpoint: receiver.url, sdk });
    startSpan("one").end();
    await tracing.shutdown();
    expect(receiver.spans()).toHaveLength(1);
    await receiver.close();
  });

  // what the 3.x line's SDK no longer has under its own names
  const { NodeSDK } = sdkNode;
  const bare = { "@opentelemetry/sdk-node": { NodeSDK } };
  it.each<[string, object, string]>([
    ["nothing", {}, "tracing needs @opentelemetry/resources"],
    ["the SDK of the 3.x line alone", bare, "tracing needs @opentelemetry/resources"],
    ["no span processor", { ...bare, "@opentelemetry/resources": {} }, "tracing needs @opentelemetry/sdk-trace"],
    [
      "no exporter",
      { "@opentelemetry/sdk-node": sdkNode },
      `OTLP over http/protobuf (OTEL_EXPORTER_OTLP_PROTOCOL) needs`,
    ],
    [
      "another one",
      { ...given("http/protobuf"), "@opentelemetry/sdk-node": { ...sdkNode, NodeSDK: 1 } },
      "tracing needs",
    ],
  ])("that holds %s is one error, with the remedy", (_, sdk, message) => {
    const refusal = refusalOf(() => startTracing({ enabled: true, sdk: sdk as SdkModules }));
    expect(refusal).toContain(`AIWATCH_MISSING_PEER: ${message}`);
    expect(refusal).toMatch(
      /is not in the option sdk of startTracing\(\): import it with import \* as, and pass it under that name$/,
    );
  });

  it.each([null, "sdk-node", { "@opentelemetry/sdk-node": undefined }])("%j is refused", (sdk) => {
    expect(refusalOf(() => startTracing({ enabled: true, sdk: sdk as unknown as SdkModules }))).toMatch(
      /^AIWATCH_INVALID_SETTING: the option sdk.* expected OpenTelemetry's modules by the names of their packages/,
    );
  });
});
