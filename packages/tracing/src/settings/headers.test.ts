import { describe, expect, it } from "vitest";
import { refusalOf } from "../test-support/clean-tracing.ts";
import type { OtlpProtocol } from "./rows.ts";
import { checkedHeaders, checkHeaderVariables } from "./transport.ts";

const wrong = "AIWATCH_INVALID_SETTING";

describe("headers of the option", () => {
  it.each<[string, string, OtlpProtocol, string]>([
    ["x-key", "canary\n", "http/protobuf", 'the value of "x-key" cannot be sent'],
    ["x-key", "canary\n", "grpc", 'the value of "x-key" cannot be sent'],
    ["x-key", "canaryä", "grpc", 'the value of "x-key" cannot be sent'],
    ["canary\n", "x", "http/json", "the name of header 1 cannot be sent"],
    ["canary!", "x", "grpc", "the name of header 1 cannot be sent"],
    ["canary-bin", "x", "grpc", "the name of header 1 cannot be sent"],
  ])("%j: %j over %3$s is refused without a word of it", (name, value, protocol, reason) => {
    const refusal = refusalOf(() => checkedHeaders({ [name]: value }, protocol)) ?? "";
    expect(refusal).toContain(`${wrong}: the option headers: ${reason}, expected `);
    expect(refusal).not.toContain("canary");
  });

  it("are taken as they are", () => {
    expect(checkedHeaders({ "x-key": "fine" }, "grpc")).toEqual({ "x-key": "fine" });
    expect(checkedHeaders({ "x-key": "fine", "x!": "ä" }, "http/protobuf")).toEqual({ "x-key": "fine", "x!": "ä" });
  });
});

describe("headers of the environment", () => {
  const refusal = (text: string, variable = "OTEL_EXPORTER_OTLP_HEADERS", protocol: OtlpProtocol = "http/protobuf") =>
    refusalOf(() => checkHeaderVariables({ [variable]: text }, protocol));

  it.each(["a=1", " a = 1 , b=2,", "authorization=Basic YWI6Yw==", "a=%2C%25"])("%s is fine", (text) => {
    expect(refusal(text)).toBeUndefined();
    expect(refusal(text, "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "grpc")).toBeUndefined();
  });

  it.each([
    ["a=1,canary", "pair 2 is not key=value"],
    ["a=100%canary", "pair 1 is not key=value"],
    ["canary name=1", "the name of pair 1 cannot be sent"],
    ["=canary", "the name of pair 1 cannot be sent"],
    ["a=canary%0A", 'the value of "a" cannot be sent'],
  ])("%s is refused, and not quoted", (text, reason) => {
    const told = refusal(text, "OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? "";
    expect(told).toContain(`${wrong}: OTEL_EXPORTER_OTLP_TRACES_HEADERS: ${reason}`);
    expect(told).not.toContain("canary");
  });
});
