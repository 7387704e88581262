import { declareSettings, type Environment, kinds, readRow, setting } from "@aiwatch/core/adapter";

/** pino's levels, the most verbose first; `silent` writes nothing. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** Every setting of this package that an environment variable can set. */
export const loggingSettings = declareSettings("@aiwatch/logging", {
  level: setting({ option: "level", variables: ["LOG_LEVEL"], kind: kinds.choice(...logLevels), default: "info" }),
  pretty: setting({ option: "pretty", variables: ["LOG_PRETTY"], kind: kinds.flag, default: false }),
  service: setting({
    option: "service",
    variables: ["AIWATCH_SERVICE", "OTEL_SERVICE_NAME"],
    kind: kinds.shownText("a name"),
    default: undefined,
  }),
});

export interface LoggerSettings {
  readonly level: LogLevel;
  readonly pretty: boolean;
  readonly service: string | undefined;
}

/**
 * The settings of a logger: option, else environment, else default.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` that names the option or the variable, its value and what is valid
 */
export function loggerSettings(
  options: Partial<LoggerSettings>,
  environment: Environment = process.env,
): LoggerSettings {
  return {
    level: readRow(loggingSettings.level, options.level, environment),
    pretty: readRow(loggingSettings.pretty, options.pretty, environment),
    service: readRow(loggingSettings.service, options.service, environment),
  };
}
