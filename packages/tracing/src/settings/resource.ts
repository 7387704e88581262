import { type Environment, invalidSetting, readRow } from "@aiwatch/core/adapter";
import type { StartTracingOptions } from "../options.ts";
import { type DetectorName, detectors, tracingRows } from "./rows.ts";

export interface ResourceSettings {
  readonly detectors: readonly DetectorName[];
  /** Stronger than what is detected. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what the SDK would quietly leave out */
export function readResource(options: StartTracingOptions, environment: Environment): ResourceSettings {
  checkAttributes(environment);
  // for diagnostics: who reads it is the SDK
  readRow(tracingRows.sdkServiceName, undefined, environment);
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are the SDK's to read
  const known = {
    "service.name": readRow(tracingRows.serviceName, options.serviceName, environment),
    "service.version": options.serviceVersion,
    "deployment.environment.name": options.deploymentEnvironment,
  };
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(known)) if (value !== undefined) attributes[name] = value;
  return { detectors: readDetectors(environment), attributes };
}

function readDetectors(environment: Environment): readonly DetectorName[] {
  const { variables, kind } = tracingRows.detectors;
  const names = listOf(readRow(tracingRows.detectors, undefined, environment));
  const allowed: readonly string[] = [...detectors, "all", "none"];
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw invalidSetting(variables[0], unknown, kind.expected);
  if (names.includes("none")) return [];
  return detectors.filter((name) => names.includes(name) || names.includes("all"));
}

/** One pair that cannot be read costs all of them. */
function checkAttributes(environment: Environment): void {
  const { variables, kind } = tracingRows.resourceAttributes;
  const text = readRow(tracingRows.resourceAttributes, undefined, environment);
  const wrong = listOf(text ?? "").find((pair) => !isPair(pair));
  if (wrong !== undefined) throw invalidSetting(variables[0], wrong, kind.expected);
}

function isPair(pair: string): boolean {
  try {
    const parts = pair.split("=").map((part) => decodeURIComponent(part.trim()));
    // the SDK's own limit
    return parts.length === 2 && parts[0] !== "" && parts.every((part) => part.length <= 255);
  } catch {
    return false;
  }
}

function listOf(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
