import { invalidSetting, isObject } from "@aiwatch/core/adapter";
import { destination as fileDestination, type Logger, type LoggerOptions, pino } from "pino";
import { field } from "./fields.ts";
import { correlate, merge, setComponent } from "./logger/correlation.ts";
import { serializeError } from "./logger/error-serializer.ts";
import { isoTime } from "./logger/iso-time.ts";
import { type LogDestination, type PrettyFactory, prettyStream } from "./logger/pretty-stream.ts";
import { Redaction } from "./logger/redaction.ts";
import { type LogLevel, loggerSettings } from "./logger/settings.ts";

export interface CreateLoggerOptions {
  /** Lines of this level and above are written. @default `LOG_LEVEL`, else "info" */
  readonly level?: LogLevel;
  /** Lines for people instead of JSON; needs pino-pretty. @default `LOG_PRETTY`, else false */
  readonly pretty?: boolean;
  /**
   * pino-pretty's `prettyFactory`, for a bundle with no external packages: pino-pretty is not loaded at run time then. It has an effect only
   * with `pretty`.
   * @default that of the installed pino-pretty
   * @example
   * ```ts
   * import { prettyFactory } from "pino-pretty";
   *
   * createLogger({ prettyFactory }); // with LOG_PRETTY=true
   * ```
   */
  readonly prettyFactory?: PrettyFactory;
  /** The part of your app that writes, as `component` in each line. @default none */
  readonly component?: string;
  /** The service, as `service` in each line. @default `AIWATCH_SERVICE`, `OTEL_SERVICE_NAME`, else none */
  readonly service?: string;
  /** Where lines go. @default standard output */
  readonly destination?: LogDestination;
  /** More paths to censor, in pino's syntax, such as `user.email`. Credentials, prompts and answers are censored without them. @default none */
  readonly redact?: readonly string[];
  /**
   * Names that hold no credential in your app, such as `cacheKey` or the header `x-tenant`: their values are shown, in any spelling.
   * @default none
   */
  readonly keep?: readonly string[];
  /** Leaves prompts and answers in your own lines. Credentials are censored all the same. @default false */
  readonly content?: boolean;
}

/**
 * A pino logger: JSON lines with ISO time and the level's name, the ids of the request and span that each is written in, and credentials
 * and prompts censored.
 * @example
 * const logger = createLogger({ component: "chat" });
 * logger.info({ model: "tiny" }, "answering");
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used; `AIWATCH_MISSING_PEER` with `pretty`
 *   where pino-pretty is neither installed nor passed as `prettyFactory`
 */
export function createLogger(options: CreateLoggerOptions = {}): Logger {
  if (!isObject(options)) throw invalidSetting("the argument of createLogger", options, "an object with its options");
  const { level, pretty, service } = loggerSettings(options);
  const { redact, content = false, keep = [] } = options;
  const redaction = new Redaction({ content, keep });
  const settings: LoggerOptions = {
    level,
    timestamp: isoTime,
    formatters: { level: (label) => ({ level: label }), log: redaction.formatLine },
    mixin: correlate,
    mixinMergeStrategy: merge,
    serializers: { err: serializeError },
    ...(redact !== undefined && { redact: [...redact] }),
  };
  // without one it is pino's own choice, standard output
  const stream = pretty ? prettyOf(options) : options.destination;
  const root = stream === undefined ? pino(settings) : pino(settings, stream);
  redaction.install(root);
  if (service !== undefined) root.setBindings({ [field.service]: service });
  if (options.component !== undefined) setComponent(root, options.component);
  return root;
}

/**
 * A child of `logger` whose lines have `component`, in place of its parent's.
 * @example componentLogger(logger, "startup").info("listening");
 */
export function componentLogger(logger: Logger, component: string): Logger {
  const child = logger.child({});
  setComponent(child, component);
  return child;
}

function prettyOf({ destination, prettyFactory }: CreateLoggerOptions): LogDestination {
  if (prettyFactory !== undefined && typeof prettyFactory !== "function") {
    throw invalidSetting("the option prettyFactory", prettyFactory, "the prettyFactory that pino-pretty exports");
  }
  const colorize = destination === undefined && process.stdout.isTTY;
  return prettyStream(destination ?? fileDestination({ dest: 1, sync: true }), colorize, prettyFactory);
}
