import { type Environment, invalidSetting, readBoolean, readChoice, readVariable } from "@aiwatch/core";
import type { StartTracingOptions } from "../options.ts";
import { type BatchSettings, readBatchSettings } from "./batch.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { checkedHeaders } from "./headers.ts";
import { readSampleRatio } from "./sampler.ts";

/** Why tracing is off. */
export type TracingOffReason =
  /** `AIWATCH_DISABLED` or `OTEL_SDK_DISABLED`. */
  | "disabled"
  /** The option `enabled` or `TRACING_ENABLED` is false, or neither says anything and there is nowhere to send spans to. */
  | "not_enabled"
  /** The app, or another library, has registered a tracer provider: our spans go to that one. */
  | "foreign_provider";

export interface ExportSettings {
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  readonly batch: BatchSettings;
}

export interface TracingSettings {
  /** Absent where spans go to the given processors alone. */
  readonly exporting: ExportSettings | undefined;
  readonly serviceName: string | undefined;
  readonly sampleRatio: number | undefined;
}

/** Where the Collector and Jaeger listen by default. */
const defaultEndpoint = "http://localhost:4318";

/**
 * What the options and the environment ask for, or why that is nothing.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for a value that cannot be used, quoted without credentials
 */
export function tracingSettings(
  options: StartTracingOptions,
  environment: Environment = process.env,
): TracingSettings | Extract<TracingOffReason, "disabled" | "not_enabled"> {
  if (isDisabled(environment)) return "disabled";
  const enabled = readBoolean({ option: options.enabled, variables: ["TRACING_ENABLED"], environment });
  if (enabled === false) return "not_enabled";
  const processors = options.spanProcessors ?? [];
  const endpoint = readExports(environment)
    ? (readEndpoint(options.endpoint, environment) ??
      (enabled === true ? parseEndpoint("endpoint", defaultEndpoint) : undefined))
    : undefined;
  if (endpoint === undefined && processors.length === 0) return "not_enabled";
  return {
    exporting: endpoint === undefined ? undefined : exportSettings(endpoint, options, environment),
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are the SDK's to read
    serviceName: options.serviceName ?? readVariable(["AIWATCH_SERVICE"], environment)?.text,
    sampleRatio: readSampleRatio(options.sampleRatio, environment),
  };
}

function isDisabled(environment: Environment): boolean {
  return ["AIWATCH_DISABLED", "OTEL_SDK_DISABLED"].some(
    (variable) => readBoolean({ option: undefined, variables: [variable], environment }) === true,
  );
}

/** `OTEL_TRACES_EXPORTER`: `none` leaves only the given processors. */
function readExports(environment: Environment): boolean {
  const source = { option: undefined, variables: ["OTEL_TRACES_EXPORTER"], environment };
  return readChoice(source, ["otlp", "none"]) !== "none";
}

const endpointVariables = ["OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

function readEndpoint(option: string | undefined, environment: Environment): Endpoint | undefined {
  if (option !== undefined) return parseEndpoint("endpoint", option);
  const found = readVariable(endpointVariables, environment);
  if (found === undefined) return undefined;
  return parseEndpoint(found.variable, found.text, found.variable === "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
}

function exportSettings(endpoint: Endpoint, options: StartTracingOptions, environment: Environment): ExportSettings {
  checkProtocol(environment);
  const { authorization } = endpoint;
  return {
    endpoint,
    headers: { ...(authorization !== undefined && { authorization }), ...checkedHeaders(options.headers ?? {}) },
    batch: readBatchSettings(environment),
  };
}

function checkProtocol(environment: Environment): void {
  const found = readVariable(["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"], environment);
  if (found === undefined || found.text === "http/protobuf") return;
  throw invalidSetting(found.variable, found.text, "http/protobuf, the one protocol that is spoken so far");
}
