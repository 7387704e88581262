import { describe, expect, it } from "vitest";
import { refusalOf } from "../test-support/clean-tracing.ts";
import { parseEndpoint } from "./endpoint.ts";

describe("parseEndpoint", () => {
  it.each([
    ["jaeger:4318", "http://jaeger:4318/v1/traces"],
    ["jaeger", "http://jaeger:4318/v1/traces"],
    ["127.0.0.1:80", "http://127.0.0.1/v1/traces"],
    ["[::1]:4318", "http://[::1]:4318/v1/traces"],
    [" jaeger:4318/ ", "http://jaeger:4318/v1/traces"],
    ["jaeger:4318/otlp", "http://jaeger:4318/otlp/v1/traces"],
    ["http://jaeger:4318", "http://jaeger:4318/v1/traces"],
    ["http://jaeger", "http://jaeger/v1/traces"],
    ["HTTPS://jaeger/base/", "https://jaeger/base/v1/traces"],
    ["https://jaeger/v1/traces", "https://jaeger/v1/traces"],
    ["https://jaeger/base?tenant=1", "https://jaeger/base/v1/traces?tenant=1"],
  ])("%s is %s", (text, url) => {
    expect(parseEndpoint("OTLP_ENDPOINT", text).url).toBe(url);
  });

  it.each([
    ["jaeger:4317", "http://jaeger:4317"],
    ["jaeger", "http://jaeger:4317"],
    ["[::1]", "http://[::1]:4317"],
    ["http://jaeger", "http://jaeger:4317"],
    ["http://jaeger:4317/v1/traces?tenant=1", "http://jaeger:4317"],
    ["https://jaeger:443/", "https://jaeger"],
  ])("for gRPC %s is %s", (text, url) => {
    expect(parseEndpoint("x", text, { grpc: true })).toEqual({ url, shown: url });
  });

  it("refuses the port that gRPC's exporter cannot be told", () => {
    expect(refusalOf(() => parseEndpoint("x", "jaeger:80", { grpc: true }))).toBe(
      'AIWATCH_INVALID_SETTING: x is "jaeger:80", expected host:port such as jaeger:4317, or an http(s) URL such as http://jaeger:4317; gRPC without TLS is not possible on port 80',
    );
  });

  it("takes a signal's own URL as it is", () => {
    expect(parseEndpoint("x", "https://jaeger/ingest", { exact: true }).url).toBe("https://jaeger/ingest");
  });

  it("makes a header of credentials and shows neither them nor the query", () => {
    expect(parseEndpoint("x", "https://ada:p%40ss@jaeger/otlp?key=canary")).toEqual({
      url: "https://jaeger/otlp/v1/traces?key=canary",
      shown: "https://jaeger/otlp/v1/traces",
      authorization: `Basic ${Buffer.from("ada:p@ss").toString("base64")}`,
    });
  });

  it.each([
    ["grpc://jaeger:4317", "grpc://jaeger:4317"],
    ["jaeger:port", "jaeger:port"],
    ["jaeger:99999", "jaeger:99999"],
    ["http://", "http://"],
    ["a b", "a b"],
    ["ftp://ada:canary@jaeger", "ftp://***@jaeger"],
    ["ada:can@ry/@jaeger:port", "***@jaeger:port"],
    ["http://ada:canary@:1:2", "http://***@:1:2"],
    ["jaeger:port?api-key=canary@x", "***"],
    ["ftp://ada:can?ary@jaeger", "ftp://***"],
    ["jaeger:port?api-key=canary", "jaeger:port?***"],
  ])("refuses %s, quoted without secrets", (text, quoted) => {
    expect(refusalOf(() => parseEndpoint("OTLP_ENDPOINT", text))).toBe(
      `AIWATCH_INVALID_SETTING: OTLP_ENDPOINT is ${JSON.stringify(quoted)}, expected host:port such as jaeger:4318, or an http(s) URL such as http://jaeger:4318`,
    );
  });
});
