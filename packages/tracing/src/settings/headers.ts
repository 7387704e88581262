import { validateHeaderName, validateHeaderValue } from "node:http";
import { AiwatchError } from "@aiwatch/core";

/**
 * The headers that the option gives to each export. Those of `OTEL_EXPORTER_OTLP_HEADERS` the exporter adds by itself.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the header; its value is a credential and never quoted
 */
export function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  Object.entries(headers).forEach(([name, value], index) => {
    if (!valid(() => validateHeaderName(name))) throw refusal(`the name of header ${index + 1}`);
    if (!valid(() => validateHeaderValue(name, value))) throw refusal(`the value of ${JSON.stringify(name)}`);
  });
  return { ...headers };
}

function valid(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function refusal(what: string): AiwatchError {
  return new AiwatchError(
    "AIWATCH_INVALID_SETTING",
    `headers: ${what} is no HTTP header text, expected a string of visible ASCII`,
  );
}
