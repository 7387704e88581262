import { accessSync, constants } from "node:fs";
import { type Environment, invalidSetting, readChoice, readSetting, readVariable } from "@aiwatch/core/adapter";

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
