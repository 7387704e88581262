import { accessSync, constants } from "node:fs";
import { validateHeaderName, validateHeaderValue } from "node:http";
import { AiwatchError } from "@aiwatch/core";
import {
  type Environment,
  invalidSetting,
  noteReading,
  readRow,
  readVariable,
  type Setting,
} from "@aiwatch/core/adapter";
import { type OtlpProtocol, tracingRows } from "./rows.ts";

/** Checks each variable of a row, those that another one beats as well: which of them the SDK reads is its own affair. */
function checkEach<Value>(row: Setting<Value>, environment: Environment): void {
  for (const variable of row.variables) readRow({ ...row, variables: [variable] }, undefined, environment);
  readRow(row, undefined, environment);
}

type HeaderValues = Readonly<Record<string, string>>;

/**
 * The headers that the option gives to each export. Those of `OTEL_EXPORTER_OTLP_HEADERS` the exporter adds by itself.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the header; its value is a credential and never quoted
 */
export function checkedHeaders(headers: HeaderValues, protocol: OtlpProtocol): HeaderValues {
  Object.entries(headers).forEach(([name, value], index) => {
    checkHeader("the option headers", `header ${index + 1}`, name, value, protocol);
  });
  // hidden, as all text that may be a secret
  if (Object.keys(headers).length > 0) noteReading(tracingRows.headers, "option", "headers");
  return { ...headers };
}

/**
 * What the exporter would quietly leave out of these variables, or stumble over while it sends, is refused here.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the variable and the pair's number, quoting none of it
 */
export function checkHeaderVariables(environment: Environment, protocol: OtlpProtocol): void {
  readRow(tracingRows.headers, undefined, environment);
  for (const variable of tracingRows.headers.variables) {
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
    throw refusal(variable, `${where} is not key=value; write , as %2C and % as %25`);
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
  const { exportTimeout, compression, certificate, clientCertificate, clientKey } = tracingRows;
  checkEach(exportTimeout, environment);
  checkEach(compression, environment);
  for (const row of [certificate, clientCertificate, clientKey]) {
    for (const variable of row.variables) checkFile(variable, row.kind.expected, environment);
    readRow(row, undefined, environment);
  }
}

function checkFile(variable: string, expected: string, environment: Environment): void {
  const found = readVariable([variable], environment);
  if (found === undefined) return;
  try {
    accessSync(found.text, constants.R_OK);
  } catch {
    // a key itself in place of its file's path is a likely mistake
    const shown = found.text.includes("-----BEGIN") ? "-----BEGIN***" : found.text;
    throw invalidSetting(variable, shown, expected);
  }
}
