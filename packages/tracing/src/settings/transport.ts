import { accessSync, constants } from "node:fs";
import { type Environment, invalidSetting, readChoice, readSetting, readVariable } from "@aiwatch/core";

/**
 * What the exporter reads by itself and would quietly do without: timeouts, compression, certificates.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`
 */
export function checkTransport(environment: Environment): void {
  for (const variable of bothOf("TIMEOUT")) {
    readSetting({ variables: [variable], environment }, positiveNumber, "milliseconds above 0");
  }
  for (const variable of bothOf("COMPRESSION")) readChoice({ variables: [variable], environment }, ["none", "gzip"]);
  for (const name of ["CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"]) {
    for (const variable of bothOf(name)) checkFile(variable, environment);
  }
}

function bothOf(name: string): string[] {
  return [`OTEL_EXPORTER_OTLP_TRACES_${name}`, `OTEL_EXPORTER_OTLP_${name}`];
}

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
    throw invalidSetting(variable, found.text, "the path of a file in PEM that this process can read");
  }
}
