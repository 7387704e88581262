import { accessSync, constants } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { AiwatchError } from "@aiwatch/core";
import { type Environment, invalidSetting, readChoice, readSetting, readVariable } from "@aiwatch/core/adapter";

/** One of a closed list, by the option `name` or the first of `variables` that is set. */
export function readOptionOrVariable<const Choice extends string>(
  name: string,
  option: Choice | undefined,
  variables: readonly string[],
  choices: readonly Choice[],
  environment: Environment,
): Choice | undefined {
  if (option === undefined) return readChoice({ variables, environment }, choices);
  if (!choices.includes(option)) throw invalidSetting(name, option, `one of ${choices.join(", ")}`);
  return option;
}

const protocols = ["http/protobuf", "http/json", "grpc"] as const;

/** How spans are sent. */
export type OtlpProtocol = (typeof protocols)[number];

export function readProtocol(option: OtlpProtocol | undefined, environment: Environment): OtlpProtocol {
  const variables = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
  return readOptionOrVariable("protocol", option, variables, protocols, environment) ?? "http/protobuf";
}

type HeaderValues = Readonly<Record<string, string>>;

/**
 * The headers that the option gives to each export. Those of `OTEL_EXPORTER_OTLP_HEADERS` the exporter adds by itself.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the header; its value is a credential and never quoted
 */
export function checkedHeaders(headers: HeaderValues, protocol: OtlpProtocol): HeaderValues {
  Object.entries(headers).forEach(([name, value], index) => {
    checkHeader("headers", `header ${index + 1}`, name, value, protocol);
  });
  return { ...headers };
}

const headerVariables = ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"];

/**
 * What the exporter would quietly leave out of these variables, or stumble over while it sends, is refused here.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the variable and the pair's number, quoting none of it
 */
export function checkHeaderVariables(environment: Environment, protocol: OtlpProtocol): void {
  for (const variable of headerVariables) {
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

/**
 * What the exporter reads by itself and would quietly do without: timeouts, compression, certificates.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`
 */
export function checkTransport(environment: Environment): void {
  for (const variable of timeouts) {
    readSetting({ variables: [variable], environment }, positiveNumber, "milliseconds above 0");
  }
  for (const variable of compressions) readChoice({ variables: [variable], environment }, ["none", "gzip"]);
  for (const variable of files) checkFile(variable, environment);
}

const timeouts = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const compressions = ["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION"];
const files = [
  "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
  "OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY",
  "OTEL_EXPORTER_OTLP_CLIENT_KEY",
];

function positiveNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function checkFile(variable: string, environment: Environment): void {
  const found = readVariable([variable], environment);
  if (found === undefined) return;
  try {
    accessSync(found.text, constants.R_OK);
  } catch {
    // a key itself in place of its file's path is a likely mistake
    const shown = found.text.includes("-----BEGIN") ? "-----BEGIN***" : found.text;
    throw invalidSetting(variable, shown, "the path of a file in PEM that this process can read");
  }
}
