import { AiwatchError } from "@aiwatch/core";
import { type Environment, invalidSetting, noteReading, readRow, readVariable } from "@aiwatch/core/adapter";
import { exportAgent, type HttpAgentOptions } from "../export/connections.ts";
import type { StartTracingOptions } from "../options.ts";
import { defaultEndpoint, type Endpoint, readEndpoint, withoutSecrets } from "./endpoint.ts";
import { type ResourceSettings, readResource } from "./resource.ts";
import { type OtlpProtocol, propagators, tracingRows } from "./rows.ts";
import { readSampler, type SamplerSettings } from "./sampler.ts";
import { checkedHeaders, checkHeaderVariables, checkTransport } from "./transport.ts";

/** Why tracing is off. */
export type TracingOffReason =
  /** `AIWATCH_DISABLED` or `OTEL_SDK_DISABLED`. */
  | "disabled"
  /** The option `enabled` or `TRACING_ENABLED` is false, or neither says anything and there is nowhere to send spans to. */
  | "not_enabled"
  /** The app, or another library, has registered a tracer provider: our spans go to that one. */
  | "foreign_provider";

export interface ExportSettings {
  readonly protocol: OtlpProtocol;
  readonly endpoint: Endpoint;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where the exporter's own connections are right. */
  readonly agent: HttpAgentOptions | undefined;
  readonly batch: BatchSettings;
}

export interface TracingSettings {
  /** Absent where spans go to the given processors alone. */
  readonly exporting: ExportSettings | undefined;
  readonly resource: ResourceSettings;
  readonly sampler: SamplerSettings;
  /** Who may see trace headers. */
  readonly origins: ReadonlySet<string>;
}

/**
 * The settings of the options and the environment, or why tracing is off.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for a value that cannot be used, quoted without credentials
 */
export function tracingSettings(
  options: StartTracingOptions,
  environment: Environment = process.env,
): TracingSettings | Extract<TracingOffReason, "disabled" | "not_enabled"> {
  if (isDisabled(environment)) return "disabled";
  const enabled = readRow(tracingRows.enabled, options.enabled, environment);
  if (enabled === false) return "not_enabled";
  const exporting = readExports(environment) ? exportSettings(options, enabled === true, environment) : undefined;
  if (exporting === undefined && (options.spanProcessors ?? []).length === 0) return "not_enabled";
  checkPropagators(environment);
  return {
    exporting,
    resource: readResource(options, environment),
    sampler: readSampler(options, environment),
    origins: readOrigins(options.propagateTo, environment),
  };
}

function isDisabled(environment: Environment): boolean {
  const { disabled, sdkDisabled } = tracingRows;
  return readRow(disabled, undefined, environment) || readRow(sdkDisabled, undefined, environment);
}

/** `OTEL_TRACES_EXPORTER`: `none` leaves only the given processors. */
function readExports(environment: Environment): boolean {
  return readRow(tracingRows.exporter, undefined, environment) !== "none";
}

/** `undefined` where there is nowhere to send to. */
function exportSettings(
  options: StartTracingOptions,
  enabled: boolean,
  environment: Environment,
): ExportSettings | undefined {
  const protocol = readRow(tracingRows.protocol, options.protocol, environment);
  const asked = readEndpoint(options.endpoint, protocol, environment);
  const endpoint = asked ?? (enabled ? defaultEndpoint(protocol) : undefined);
  if (endpoint === undefined) return undefined;
  checkHeaderVariables(environment, protocol);
  checkTransport(environment);
  const { authorization } = endpoint;
  const headers = checkedHeaders(options.headers ?? {}, protocol);
  if (protocol === "grpc" && options.agent !== undefined) {
    const message =
      "the option agent has no effect with gRPC, which reads grpc_proxy, https_proxy and no_proxy by itself; leave it out";
    throw new AiwatchError("AIWATCH_INVALID_SETTING", message);
  }
  return {
    protocol,
    endpoint,
    headers: { ...(authorization !== undefined && { authorization }), ...headers },
    agent: protocol === "grpc" ? undefined : exportAgent(endpoint.url, options.agent, environment),
    batch: readBatchSettings(environment),
  };
}

/**
 * The origins that may see trace headers and baggage. A URL stands for its origin, so that a base URL can be given as it is.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`, quoting the URL without its credentials and query
 */
function readOrigins(option: readonly (string | URL)[] | undefined, environment: Environment): ReadonlySet<string> {
  if (option !== undefined) {
    checkList(option);
    const origins = new Set(option.map((url) => originOf("the option propagateTo", String(url))));
    noteReading(tracingRows.propagateTo, "option", undefined, [...origins].join(", "));
    return origins;
  }
  const [variable] = tracingRows.propagateTo.variables;
  const listed = readVariable([variable], environment)?.text.split(",") ?? [];
  const origins = new Set(listed.filter((text) => text.trim() !== "").map((text) => originOf(variable, text.trim())));
  if (origins.size === 0) noteReading(tracingRows.propagateTo, "default", undefined);
  else noteReading(tracingRows.propagateTo, variable, undefined, [...origins].join(", "));
  return origins;
}

function checkList(option: unknown): void {
  if (Array.isArray(option)) return;
  const shown = typeof option === "string" ? withoutSecrets(option) : option;
  throw invalidSetting("the option propagateTo", shown, `a list of ${tracingRows.propagateTo.kind.expected}`);
}

function originOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.origin;
  throw invalidSetting(name, withoutSecrets(text), tracingRows.propagateTo.kind.expected);
}

/**
 * `OTEL_PROPAGATORS` is the SDK's to read; a name that it would quietly leave out is refused here.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`
 */
function checkPropagators(environment: Environment): void {
  const { variables, kind } = tracingRows.propagators;
  const names = readRow(tracingRows.propagators, undefined, environment).split(",");
  const unknown = names.map((name) => name.trim()).find((name) => name !== "" && !propagators.includes(name));
  if (unknown !== undefined) throw invalidSetting(variables[0], unknown, kind.expected);
}

/** OpenTelemetry's settings of the batch processor. What is unset is the SDK's default: a queue of 2,048 spans, sent every 5 s. */
export interface BatchSettings {
  readonly maxQueueSize?: number;
  readonly maxExportBatchSize?: number;
  readonly scheduledDelayMillis?: number;
  readonly exportTimeoutMillis?: number;
}

function readBatchSettings(environment: Environment): BatchSettings {
  const { maxQueueSize, maxExportBatchSize, scheduledDelayMillis, exportTimeoutMillis } = tracingRows;
  const settings: Record<string, number> = {};
  for (const [name, row] of Object.entries({
    maxQueueSize,
    maxExportBatchSize,
    scheduledDelayMillis,
    exportTimeoutMillis,
  })) {
    const value = readRow(row, undefined, environment);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}
