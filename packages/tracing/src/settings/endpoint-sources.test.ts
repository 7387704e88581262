import { describe, expect, it } from "vitest";
import { refusalOf } from "../test-support/clean-tracing.ts";
import { readEndpoint } from "./endpoint.ts";
import type { OtlpProtocol } from "./rows.ts";

type Environment = Record<string, string>;

const general = "OTEL_EXPORTER_OTLP_ENDPOINT";
const signal = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

describe("readEndpoint", () => {
  it.each<[Environment, OtlpProtocol, string]>([
    [{ [general]: "http://a:4318" }, "http/json", "http://a:4318/v1/traces"],
    [{ [general]: "http://a:4318", [signal]: "http://b:4318/in" }, "http/protobuf", "http://b:4318/in"],
    [{ [signal]: "http://b:4318/in", OTLP_ENDPOINT: "c:4318" }, "http/protobuf", "http://c:4318/v1/traces"],
    [{ OTLP_ENDPOINT: "c:4317" }, "grpc", "http://c:4317"],
    [{ [general]: "http://a:4317" }, "grpc", "http://a:4317"],
    [{ [general]: "a:4317" }, "grpc", "https://a:4317"],
    [{ [general]: "a:4317", OTEL_EXPORTER_OTLP_INSECURE: "true" }, "grpc", "http://a:4317"],
    [{ [signal]: "a:4317", OTEL_EXPORTER_OTLP_TRACES_INSECURE: "TRUE" }, "grpc", "http://a:4317"],
    [{ [general]: "https://a:4317", OTEL_EXPORTER_OTLP_INSECURE: "true" }, "grpc", "https://a:4317"],
  ])("%j over %s is %s", (environment, protocol, url) => {
    expect(readEndpoint(undefined, protocol, environment)?.url).toBe(url);
  });

  it("takes the option before all of them, and nothing for nothing", () => {
    expect(readEndpoint("option:4317", "grpc", { OTLP_ENDPOINT: "c:4317" })?.url).toBe("http://option:4317");
    expect(readEndpoint(undefined, "grpc", {})).toBeUndefined();
  });

  it("names the variable that is wrong", () => {
    expect(refusalOf(() => readEndpoint(undefined, "grpc", { [signal]: "unix:///run/otlp" }))).toMatch(
      `AIWATCH_INVALID_SETTING: ${signal} is "unix:///run/otlp", expected host:port such as jaeger:4317`,
    );
  });
});
