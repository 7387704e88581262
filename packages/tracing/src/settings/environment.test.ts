import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Environment } from "@aiwatch/core/adapter";
import { settingsTable, tableLinesOf, variablesReadIn, variablesTabledIn } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";
import type { StartTracingOptions } from "../options.ts";
import { keepRecentTraces } from "../recent-traces.ts";
import { refusalOf } from "../test-support/clean-tracing.ts";
import { tracingRows } from "./rows.ts";
import { tracingSettingDescriptions } from "./test-support/descriptions.ts";
import { tracingSettings } from "./tracing-settings.ts";

interface WrongValues {
  readonly values: readonly string[];
  /** What is set beside it, so that it is read. */
  readonly beside?: Environment;
  /** @default enabled */
  readonly options?: StartTracingOptions;
}

const flag: WrongValues = { values: ["maybe", "2", "truee"] };
const endpoint: WrongValues = { values: ["grpc://x", "unix:///x", "x:port", "x:99999", "http://", "a b"] };
const protocol: WrongValues = { values: ["http", "json", "thrift", "grpc,http/json"] };
const insecure: WrongValues = {
  values: ["maybe"],
  beside: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "x:4317" },
};
const time: WrongValues = { values: ["0", "-1", "10s", "NaN", "Infinity"] };
const compression: WrongValues = { values: ["zstd", "gzip,none", "true"] };
const file: WrongValues = { values: ["/nowhere/x.pem", "\u0000"] };
const whole: WrongValues = { values: ["0", "-1", "1.5", "many", "1e999", "9007199254740993"] };

/** Not those of headers, which are never quoted. */
const wrong: Readonly<Record<string, WrongValues>> = {
  AIWATCH_DISABLED: flag,
  OTEL_SDK_DISABLED: flag,
  TRACING_ENABLED: { ...flag, options: {} },
  OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_TRACES_INSECURE: insecure,
  OTEL_EXPORTER_OTLP_INSECURE: insecure,
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: time,
  OTEL_EXPORTER_OTLP_TIMEOUT: time,
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_COMPRESSION: compression,
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: file,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: file,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: file,
  OTEL_TRACES_EXPORTER: { values: ["zipkin", "otlp,console"] },
  OTEL_TRACES_SAMPLER: { values: ["sometimes", "always", "jaeger_remote"] },
  OTEL_TRACES_SAMPLER_ARG: { values: ["2", "-0.1", "half", "NaN"], beside: { OTEL_TRACES_SAMPLER: "traceidratio" } },
  OTEL_RESOURCE_ATTRIBUTES: { values: ["b", "=1", "a=%zz", "a=1=2", `a=${"x".repeat(256)}`] },
  OTEL_NODE_RESOURCE_DETECTORS: { values: ["aws", "__proto__"] },
  AIWATCH_PROPAGATE_TO: { values: ["*", "localhost:8081", "ftp://x", "/v1"] },
  OTEL_PROPAGATORS: { values: ["xray", "tracecontext;baggage"] },
  OTEL_BSP_MAX_QUEUE_SIZE: whole,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: whole,
  OTEL_BSP_SCHEDULE_DELAY: whole,
  OTEL_BSP_EXPORT_TIMEOUT: whole,
};

const headers = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];
/** Any name is one. */
const free = ["AIWATCH_SERVICE", "OTEL_SERVICE_NAME"];

const refused = (environment: Environment, options: StartTracingOptions = { enabled: true }) =>
  refusalOf(() => tracingSettings(options, environment));

describe("the environment variables of this package", () => {
  const sources = new URL("../", import.meta.url);
  const readme = new URL("../../README.md", import.meta.url);
  const ofRows = Object.values(tracingRows).flatMap(({ variables }) => [...variables]);

  it("are all in the rows, in the tables of this test, and in the README's, and nothing else is", async () => {
    const read = await variablesReadIn(sources);
    // set while the SDK starts; and a flag of node-llama-cpp's
    const others = ["OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER", "TEST_BINDING_CP"];
    const sorted = ofRows.toSorted();
    expect(read.filter((name) => !others.includes(name))).toEqual(sorted);
    expect([...Object.keys(wrong), ...headers, ...free].sort()).toEqual(sorted);
    expect([...Object.keys(changing), ...Object.keys(checked)].sort()).toEqual(sorted);
    expect(await variablesTabledIn(readme)).toEqual(sorted);
  });

  it("are named by the rows alone", async () => {
    const files = globSync("**/*.ts", { cwd: fileURLToPath(sources) });
    for (const file of files.filter((one) => !/\.test\.ts$|test-support|settings\/rows\.ts$/.test(one))) {
      const text = await readFile(new URL(file, sources), "utf8");
      for (const variable of ofRows) expect(text.includes(`"${variable}"`), `${variable} in ${file}`).toBe(false);
    }
  });

  it("are in the README as the rows say", async () => {
    const settings = { settings: tracingRows, descriptions: tracingSettingDescriptions, of: "`startTracing`" };
    expect(await tableLinesOf(readme)).toEqual(expect.arrayContaining(settingsTable(settings).slice(2)));
  });
});

const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc", OTEL_EXPORTER_OTLP_ENDPOINT: "x:4317" };

/** A value that changes the settings, and what is set beside it. */
const changing: Readonly<Record<string, readonly [value: string, beside?: Environment]>> = {
  AIWATCH_DISABLED: ["true"],
  OTEL_SDK_DISABLED: ["1"],
  TRACING_ENABLED: ["off"],
  OTLP_ENDPOINT: ["a:4318"],
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ["http://a:4318/in"],
  OTEL_EXPORTER_OTLP_ENDPOINT: ["http://a:4318"],
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: ["grpc"],
  OTEL_EXPORTER_OTLP_PROTOCOL: ["HTTP/JSON"],
  OTEL_EXPORTER_OTLP_TRACES_INSECURE: ["yes", grpc],
  OTEL_EXPORTER_OTLP_INSECURE: ["true", grpc],
  OTEL_TRACES_EXPORTER: ["none"],
  OTEL_TRACES_SAMPLER: ["always_off"],
  OTEL_TRACES_SAMPLER_ARG: ["0.5", { OTEL_TRACES_SAMPLER: "traceidratio" }],
  AIWATCH_SERVICE: ["chat"],
  OTEL_NODE_RESOURCE_DETECTORS: ["all"],
  AIWATCH_PROPAGATE_TO: ["http://a:8081"],
  OTEL_BSP_MAX_QUEUE_SIZE: ["10"],
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: ["10"],
  OTEL_BSP_SCHEDULE_DELAY: ["10"],
  OTEL_BSP_EXPORT_TIMEOUT: ["10"],
};

/** A value that passes, and changes nothing here: the SDK and its exporters read these by themselves. */
const checked: Readonly<Record<string, string>> = {
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: "a=1",
  OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2",
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "0.5",
  OTEL_EXPORTER_OTLP_TIMEOUT: "100",
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "GZIP",
  OTEL_EXPORTER_OTLP_COMPRESSION: "none",
  OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: import.meta.filename,
  OTEL_EXPORTER_OTLP_CERTIFICATE: import.meta.filename,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE: import.meta.filename,
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: import.meta.filename,
  OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: import.meta.filename,
  OTEL_EXPORTER_OTLP_CLIENT_KEY: import.meta.filename,
  OTEL_SERVICE_NAME: "chat",
  OTEL_RESOURCE_ATTRIBUTES: "service.version=1,a=%2C",
  OTEL_PROPAGATORS: "b3,jaeger",
};

describe("a value that can be used", () => {
  // on by its endpoint or its processor, so that each of the variables has something to change
  const options = { spanProcessors: [keepRecentTraces()] };
  const settingsOf = (environment: Environment) => tracingSettings(options, environment);
  const on = { TRACING_ENABLED: "true" };

  it.each(Object.entries(changing))("of %s is read: %j", (variable, [value, beside]) => {
    const before = settingsOf({ ...on, ...beside });
    expect(settingsOf({ ...on, ...beside, [variable]: ` ${value} ` })).not.toEqual(before);
  });

  it.each(Object.entries(checked))("of %s passes: %s", (variable, value) => {
    expect(settingsOf({ ...on, [variable]: value })).toEqual(settingsOf(on));
  });
});

describe.each(Object.entries(wrong))("%s", (variable, { values, beside = {}, options }) => {
  it.each(values)("is refused where it is %j, with its name, what it holds and what it may hold", (value) => {
    const refusal = refused({ ...beside, [variable]: ` ${value} ` }, options);
    const shown = JSON.stringify(value.slice(0, 80));
    expect(refusal?.startsWith(`AIWATCH_INVALID_SETTING: ${variable} is ${shown}, expected `)).toBe(true);
  });
});

it("a variable that is empty or blank is none", () => {
  for (const blank of ["", " ", "\t\n"]) {
    const names = [...Object.keys(wrong), ...headers, ...free];
    const settings = tracingSettings({ enabled: true }, Object.fromEntries(names.map((name) => [name, blank])));
    expect(settings).toEqual(tracingSettings({ enabled: true }, {}));
  }
});

const key = "-----BEGIN PRIVATE KEY-----\ncanaryQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
const secrets: readonly [string, string][] = [
  ...[
    "OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "AIWATCH_PROPAGATE_TO",
  ].flatMap((variable) =>
    [
      "ftp://ada:canary@x",
      "ftp://canary@x",
      "ada:ca@canary@x:port",
      "ftp://ada:canary/ca@x",
      "ftp://ada:canary?ca@x",
      "ftp://ada:canary#ca@x",
      "ftp://x/?key=canary",
      "ftp://x/?key=ca@canary",
    ].map((value): [string, string] => [variable, value]),
  ),
  ...headers.flatMap((variable) =>
    ["canary", "a=1,canary", "a=canary%", "a=canary%0a", "canary name=canary", "=canary"].map(
      (value): [string, string] => [variable, value],
    ),
  ),
  ...Object.keys(wrong)
    .filter((variable) => wrong[variable] === file)
    .map((variable): [string, string] => [variable, key]),
];

it.each(secrets)("%s is never quoted with what may be secret in it: %j", (variable, value) => {
  const refusal = refused({ [variable]: value });
  expect(refusal).toMatch(new RegExp(`^AIWATCH_INVALID_SETTING: ${variable}\\b`));
  expect(refusal).not.toContain("canary");
});
