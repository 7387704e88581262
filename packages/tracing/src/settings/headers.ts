import { validateHeaderName, validateHeaderValue } from "node:http";
import { AiwatchError } from "@aiwatch/core";
import { type Environment, readVariable } from "@aiwatch/core/adapter";
import type { OtlpProtocol } from "./protocol.ts";

type Headers = Readonly<Record<string, string>>;

/**
 * The headers that the option gives to each export. Those of `OTEL_EXPORTER_OTLP_HEADERS` the exporter adds by itself.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the header; its value is a credential and never quoted
 */
export function checkedHeaders(headers: Headers, protocol: OtlpProtocol): Headers {
  Object.entries(headers).forEach(([name, value], index) => {
    checkHeader("headers", `header ${index + 1}`, name, value, protocol);
  });
  return { ...headers };
}

const variables = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];

/**
 * What the exporter would quietly leave out of these variables, or stumble over while it sends, is refused here.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the variable and the pair's number, quoting none of it
 */
export function checkHeaderVariables(environment: Environment, protocol: OtlpProtocol): void {
  for (const variable of variables) {
    const pairs = readVariable([variable], environment)?.text.split(",") ?? [];
    pairs.forEach((pair, index) => {
      if (pair.trim() !== "") checkPair(variable, `pair ${index + 1}`, pair, protocol);
    });
  }
}

function checkPair(variable: string, where: string, pair: string, protocol: OtlpProtocol): void {
  const [name = "", ...rest] = pair.split("=");
  const decoded = rest.length === 0 ? undefined : [name, rest.join("=")].map(decode);
  const [key, value] = decoded ?? [];
  if (key === undefined || value === undefined) {
    throw refusal(variable, `${where} is not key=value, with , and % written as %2C and %25`);
  }
  checkHeader(variable, where, key, value, protocol);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}

function checkHeader(setting: string, where: string, name: string, value: string, protocol: OtlpProtocol): void {
  const valid = protocol === "grpc" ? grpcRules : httpRules;
  if (!valid.name(name)) throw refusal(setting, `the name of ${where} cannot be sent, expected letters, digits and -`);
  if (!valid.value(name, value)) {
    throw refusal(setting, `the value of ${JSON.stringify(name)} cannot be sent, expected visible ASCII`);
  }
}

const httpRules = {
  name: (name: string) => passes(() => validateHeaderName(name)),
  value: (name: string, value: string) => passes(() => validateHeaderValue(name, value)),
};

/** What gRPC's metadata takes as text; a key that ends in `-bin` wants bytes. */
const grpcRules = {
  name: (name: string) => /^[\w.-]+$/.test(name) && !/-bin$/i.test(name),
  value: (_name: string, value: string) => /^[ -~]*$/.test(value),
};

function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

function refusal(setting: string, what: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_SETTING", `${setting}: ${what}`);
}
