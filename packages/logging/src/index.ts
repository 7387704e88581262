export { type CreateLoggerOptions, componentLogger, createLogger } from "./create-logger.ts";
export { field } from "./fields.ts";
export { type LogFatalOptions, logFatal } from "./log-fatal.ts";
export { type LineLogger, type LogToOptions, logTo } from "./log-to.ts";
export type { LogDestination, PrettyFactory } from "./logger/pretty-stream.ts";
export { type LogLevel, logLevels } from "./logger/settings.ts";
