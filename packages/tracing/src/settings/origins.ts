import { type Environment, invalidSetting, readVariable } from "@aiwatch/core/adapter";
import { withoutSecrets } from "./without-secrets.ts";

const variable = "AIWATCH_PROPAGATE_TO";

/**
 * The origins that may see trace headers and baggage. A URL stands for its origin, so that a base URL can be given as it is.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`, quoting the URL without its credentials and query
 */
export function readOrigins(
  option: readonly (string | URL)[] | undefined,
  environment: Environment,
): ReadonlySet<string> {
  if (option !== undefined) return new Set(option.map((url) => originOf("propagateTo", String(url))));
  const listed = readVariable([variable], environment)?.text.split(",") ?? [];
  return new Set(listed.filter((text) => text.trim() !== "").map((text) => originOf(variable, text.trim())));
}

function originOf(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.origin;
  throw invalidSetting(name, withoutSecrets(text), "http(s) origins such as http://localhost:8081");
}
