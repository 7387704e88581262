import { type Environment, readBoolean, readChoice, readSetting } from "@aiwatch/core/adapter";

/** pino's levels, the most telling first; `silent` writes nothing. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  readonly level: LogLevel;
  readonly pretty: boolean;
  readonly service: string | undefined;
}

/**
 * What the logger is to be: by option, then environment, then default.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` naming the variable, what it holds and what it may hold
 */
export function loggerSettings(
  options: { readonly level?: LogLevel; readonly pretty?: boolean; readonly service?: string },
  environment: Environment = process.env,
): LoggerSettings {
  const service = { option: options.service, variables: ["AIWATCH_SERVICE", "OTEL_SERVICE_NAME"], environment };
  return {
    level: readChoice({ option: options.level, variables: ["LOG_LEVEL"], environment }, logLevels) ?? "info",
    pretty: readBoolean({ option: options.pretty, variables: ["LOG_PRETTY"], environment }) ?? false,
    service: readSetting(service, (text) => text, "a name"),
  };
}
