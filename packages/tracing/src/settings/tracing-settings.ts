import { type Environment, invalidSetting, readBoolean, readChoice } from "@aiwatch/core/adapter";
import { exportAgent, type HttpAgentOptions } from "../export/export-agent.ts";
import type { StartTracingOptions } from "../options.ts";
import { type BatchSettings, readBatchSettings } from "./batch.ts";
import type { Endpoint } from "./endpoint.ts";
import { checkedHeaders, checkHeaderVariables } from "./headers.ts";
import { readOrigins } from "./origins.ts";
import { checkPropagators } from "./propagators.ts";
import { type OtlpProtocol, readProtocol } from "./protocol.ts";
import { defaultEndpoint, readEndpoint } from "./read-endpoint.ts";
import { type ResourceSettings, readResource } from "./resource.ts";
import { readSampler, type SamplerSettings } from "./sampler.ts";
import { checkTransport } from "./transport.ts";

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
  return ["AIWATCH_DISABLED", "OTEL_SDK_DISABLED"].some(
    (variable) => readBoolean({ variables: [variable], environment }) === true,
  );
}

/** `OTEL_TRACES_EXPORTER`: `none` leaves only the given processors. */
function readExports(environment: Environment): boolean {
  return readChoice({ variables: ["OTEL_TRACES_EXPORTER"], environment }, ["otlp", "none"]) !== "none";
}

/** `undefined` where there is nowhere to send to. */
function exportSettings(
  options: StartTracingOptions,
  enabled: boolean,
  environment: Environment,
): ExportSettings | undefined {
  const protocol = readProtocol(options.protocol, environment);
  const asked = readEndpoint(options.endpoint, protocol, environment);
  const endpoint = asked ?? (enabled ? defaultEndpoint(protocol) : undefined);
  if (endpoint === undefined) return undefined;
  checkHeaderVariables(environment, protocol);
  checkTransport(environment);
  const { authorization } = endpoint;
  const headers = checkedHeaders(options.headers ?? {}, protocol);
  if (protocol === "grpc" && options.agent !== undefined) {
    throw invalidSetting(
      "agent",
      "set",
      "nothing with gRPC, which reads grpc_proxy, https_proxy and no_proxy by itself",
    );
  }
  return {
    protocol,
    endpoint,
    headers: { ...(authorization !== undefined && { authorization }), ...headers },
    agent: protocol === "grpc" ? undefined : exportAgent(endpoint.url, options.agent, environment),
    batch: readBatchSettings(environment),
  };
}
