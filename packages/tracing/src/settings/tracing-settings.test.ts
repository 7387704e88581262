import { describe, expect, it } from "vitest";
import type { StartTracingOptions } from "../options.ts";
import { keepRecentTraces } from "../recent-traces.ts";
import { refusalOf } from "../test-support/clean-tracing.ts";
import { tracingSettings } from "./tracing-settings.ts";

type Environment = Record<string, string>;

/** Where the spans would go: a URL, "processors", or why nowhere. */
function target(environment: Environment, options: StartTracingOptions = {}): string {
  const settings = tracingSettings(options, environment);
  return typeof settings === "string" ? settings : (settings.exporting?.endpoint.url ?? "processors");
}

const processors = { spanProcessors: [keepRecentTraces()] };
const local = "http://localhost:4318/v1/traces";

describe("tracingSettings", () => {
  it.each<[string, Environment, StartTracingOptions, string]>([
    ["nothing is set", {}, {}, "not_enabled"],
    ["it is on without an endpoint", { TRACING_ENABLED: "true" }, {}, local],
    ["the option is on without an endpoint", {}, { enabled: true }, local],
    ["an endpoint is set", { OTLP_ENDPOINT: "jaeger:4318" }, {}, "http://jaeger:4318/v1/traces"],
    ["a processor is given", {}, processors, "processors"],
    [
      "it is off, whatever else is set",
      { TRACING_ENABLED: "0", OTLP_ENDPOINT: "jaeger:4318" },
      processors,
      "not_enabled",
    ],
    ["the option beats the variable", { TRACING_ENABLED: "false" }, { enabled: true }, local],
    ["AIWATCH_DISABLED beats the option", { AIWATCH_DISABLED: "1" }, { enabled: true }, "disabled"],
    ["OTEL_SDK_DISABLED beats the option", { OTEL_SDK_DISABLED: "true" }, { enabled: true }, "disabled"],
    ["OTEL_TRACES_EXPORTER=none", { OTEL_TRACES_EXPORTER: "none", OTLP_ENDPOINT: "jaeger:4318" }, {}, "not_enabled"],
    ["the same with a processor", { OTEL_TRACES_EXPORTER: "none", TRACING_ENABLED: "1" }, processors, "processors"],
  ])("%s", (_, environment, options, expected) => {
    expect(target(environment, options)).toBe(expected);
  });

  it("takes the strongest endpoint", () => {
    const environment: Environment = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://third:4318/otlp" };
    expect(target(environment)).toBe("http://third:4318/otlp/v1/traces");
    environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://second:4318/traces";
    expect(target(environment)).toBe("http://second:4318/traces");
    environment["OTLP_ENDPOINT"] = "first:4318";
    expect(target(environment)).toBe("http://first:4318/v1/traces");
    expect(target(environment, { endpoint: "option:4318" })).toBe("http://option:4318/v1/traces");
  });

  it.each<[string, StartTracingOptions, Environment]>([
    ["TRACING_ENABLED", {}, { TRACING_ENABLED: "perhaps" }],
    ["AIWATCH_DISABLED", {}, { AIWATCH_DISABLED: "perhaps" }],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", {}, { OTEL_EXPORTER_OTLP_ENDPOINT: "grpc://x" }],
    ["the option endpoint", { endpoint: "grpc://x" }, {}],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", { enabled: true }, { OTEL_EXPORTER_OTLP_PROTOCOL: "http" }],
    ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", { enabled: true }, { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "json" }],
    ["the option protocol", { enabled: true, protocol: "thrift" as never }, {}],
    ["OTEL_EXPORTER_OTLP_TIMEOUT", { enabled: true }, { OTEL_EXPORTER_OTLP_TIMEOUT: "10s" }],
    ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", { enabled: true }, { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "zstd" }],
    ["OTEL_EXPORTER_OTLP_CERTIFICATE", { enabled: true }, { OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere/ca.pem" }],
    ["OTEL_PROPAGATORS", { enabled: true }, { OTEL_PROPAGATORS: "tracecontext,xray" }],
    ["OTEL_NODE_RESOURCE_DETECTORS", { enabled: true }, { OTEL_NODE_RESOURCE_DETECTORS: "env,aws" }],
    ["OTEL_RESOURCE_ATTRIBUTES", { enabled: true }, { OTEL_RESOURCE_ATTRIBUTES: "a=1,b" }],
    ["OTEL_RESOURCE_ATTRIBUTES", { enabled: true }, { OTEL_RESOURCE_ATTRIBUTES: "a=%zz" }],
    ["AIWATCH_PROPAGATE_TO", { enabled: true }, { AIWATCH_PROPAGATE_TO: "http://a:1, *" }],
    ["the option propagateTo", { enabled: true, propagateTo: ["localhost:8081"] }, {}],
    ["the option endpoint", { endpoint: 4318 as never }, {}],
    ["OTEL_TRACES_EXPORTER", { enabled: true }, { OTEL_TRACES_EXPORTER: "zipkin" }],
    ["OTEL_TRACES_SAMPLER", { enabled: true }, { OTEL_TRACES_SAMPLER: "sometimes" }],
    [
      "OTEL_TRACES_SAMPLER_ARG",
      { enabled: true },
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
    ],
    ["the option sampler", { enabled: true, sampler: "sometimes" as never }, {}],
    ["the option sampleRatio", { enabled: true, sampler: "always_on", sampleRatio: 0.5 }, {}],
    ["the option sampleRatio", { enabled: true, sampleRatio: 2 }, {}],
    ["the option sampleRatio", { enabled: true, sampleRatio: Number.NaN }, {}],
    ["the option enabled", { enabled: "yes" as never }, {}],
    ["the option serviceName", { enabled: true, serviceName: 5 as never }, {}],
    ["OTEL_BSP_MAX_QUEUE_SIZE", { enabled: true }, { OTEL_BSP_MAX_QUEUE_SIZE: "0" }],
  ])("refuses a wrong %s by name", (name, options, environment) => {
    expect(refusalOf(() => tracingSettings(options, environment))).toMatch(
      new RegExp(`^AIWATCH_INVALID_SETTING: ${name} is .*, expected .`),
    );
  });

  const settingsOf = (environment: Environment, options: StartTracingOptions = {}) => {
    const settings = tracingSettings({ enabled: true, ...options }, environment);
    if (typeof settings === "string") throw new Error(settings);
    return settings;
  };

  it("reads the protocol: option, the signal's variable, the general one, protobuf", () => {
    const environment: Environment = {};
    const protocol = (options?: StartTracingOptions) => settingsOf(environment, options).exporting?.protocol;
    expect(protocol()).toBe("http/protobuf");
    environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "GRPC";
    expect(protocol()).toBe("grpc");
    environment["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "http/json";
    expect(protocol()).toBe("http/json");
    expect(protocol({ protocol: "grpc" })).toBe("grpc");
    expect(settingsOf({}, { protocol: "grpc" }).exporting?.endpoint.url).toBe("http://localhost:4317");
  });

  it("reads who may see trace headers: nobody, unless they are named", () => {
    const origins = (environment: Environment, options?: StartTracingOptions) => [
      ...settingsOf(environment, options).origins,
    ];
    expect(origins({})).toEqual([]);
    const listed = { AIWATCH_PROPAGATE_TO: " http://a:8081/v1 ,https://b:443,," };
    expect(origins(listed)).toEqual(["http://a:8081", "https://b"]);
    expect(origins(listed, { propagateTo: [new URL("http://c/v1")] })).toEqual(["http://c"]);
    expect(origins(listed, { propagateTo: [] })).toEqual([]);
    expect(refusalOf(() => origins({}, { propagateTo: ["ftp://ada:canary@b/?k=canary"] }))).toBe(
      'AIWATCH_INVALID_SETTING: the option propagateTo is "ftp://***@b/?***", expected http(s) origins such as http://localhost:8081',
    );
    expect(refusalOf(() => origins({}, { propagateTo: "http://ada:canary@b" as never }))).toBe(
      'AIWATCH_INVALID_SETTING: the option propagateTo is "http://***@b", expected a list of http(s) origins such as http://localhost:8081',
    );
  });

  it("leaves OTEL_SERVICE_NAME to the SDK", () => {
    const nameOf = (environment: Environment, options: StartTracingOptions = {}) =>
      settingsOf(environment, options).resource.attributes["service.name"];
    expect(nameOf({ OTEL_SERVICE_NAME: "x" })).toBeUndefined();
    expect(nameOf({ AIWATCH_SERVICE: "y", OTEL_SERVICE_NAME: "x" })).toBe("y");
    expect(nameOf({ AIWATCH_SERVICE: "y" }, { serviceName: "z" })).toBe("z");
  });
});
