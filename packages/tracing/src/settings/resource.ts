import { type Environment, invalidSetting, readVariable } from "@aiwatch/core/adapter";
import type { StartTracingOptions } from "../options.ts";

/** The detectors of the process and its machine, by OpenTelemetry's names in `OTEL_NODE_RESOURCE_DETECTORS`. */
const detectors = ["env", "host", "os", "process", "serviceinstance"] as const;

export type DetectorName = (typeof detectors)[number];

export interface ResourceSettings {
  readonly detectors: readonly DetectorName[];
  /** Stronger than what is detected. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what the SDK would quietly leave out */
export function readResource(options: StartTracingOptions, environment: Environment): ResourceSettings {
  checkAttributes(environment);
  // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are the SDK's to read
  const known = {
    "service.name": options.serviceName ?? readVariable(["AIWATCH_SERVICE"], environment)?.text,
    "service.version": options.serviceVersion,
    "deployment.environment.name": options.deploymentEnvironment,
  };
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(known)) if (value !== undefined) attributes[name] = value;
  return { detectors: readDetectors(environment), attributes };
}

function readDetectors(environment: Environment): readonly DetectorName[] {
  const variable = "OTEL_NODE_RESOURCE_DETECTORS";
  const found = readVariable([variable], environment);
  // the SDK's own choice also records the process's arguments, which can hold keys and prompts
  if (found === undefined) return ["env", "host"];
  const names = listOf(found.text);
  const allowed: readonly string[] = [...detectors, "all", "none"];
  const unknown = names.find((name) => !allowed.includes(name));
  if (unknown !== undefined) throw invalidSetting(variable, unknown, `a list of ${allowed.join(", ")}`);
  if (names.includes("none")) return [];
  return detectors.filter((name) => names.includes(name) || names.includes("all"));
}

/** One pair that cannot be read costs all of them. */
function checkAttributes(environment: Environment): void {
  const found = readVariable(["OTEL_RESOURCE_ATTRIBUTES"], environment);
  const wrong = listOf(found?.text ?? "").find((pair) => !isPair(pair));
  if (wrong === undefined) return;
  const expected = "key=value pairs with commas between, where , = and % are written as %2C %3D and %25";
  throw invalidSetting("OTEL_RESOURCE_ATTRIBUTES", wrong, expected);
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
