import type { Logger } from "pino";
import { field } from "./fields.ts";
import { cleanText } from "./lines/clean-text.ts";

/**
 * Writes a `fatal` line for each exception and rejection that nothing caught, and flushes the logger. The process ends as it would without it:
 * `logFatal` only listens to `uncaughtExceptionMonitor`. Where your app has an `uncaughtException` handler, which may keep the process alive,
 * the line says so. The line has the error's code, else its class. Messages and stacks can hold content: they are written only with `stack`.
 * @returns a function that stops listening
 * @example
 * const stop = logFatal(createLogger());
 */
export function logFatal(logger: Logger, { stack = false }: LogFatalOptions = {}): () => void {
  const listener = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin) => {
    try {
      const fields = { [field.errorType]: cleanText(classOf(error), 128), origin, ...(stack && { err: error }) };
      logger.fatal(fields, messageOf(origin));
    } catch {
      // an error can be made so that looking at it throws: the process must die of it, and not of this
    }
  };
  process.on("uncaughtExceptionMonitor", listener);
  return () => process.off("uncaughtExceptionMonitor", listener);
}

/** Whether the process dies is up to the app's handler. */
function messageOf(origin: NodeJS.UncaughtExceptionOrigin): string {
  const what = origin === "unhandledRejection" ? "unhandled rejection" : "uncaught exception";
  const isHandled = process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
  return isHandled ? `${what}, handed to the app's own handler` : what;
}

export interface LogFatalOptions {
  /** Writes the error's message and stack as well. @default false */
  readonly stack?: boolean;
}

function classOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return typeof error;
    if ("code" in error && typeof error.code === "string" && nameLike.test(error.code)) return error.code;
    // a minifier renames classes, and never the names that they give themselves
    const namesItself = Object.hasOwn(error, "name") || Object.hasOwn(Object.getPrototypeOf(error), "name");
    return namesItself && nameLike.test(error.name) ? error.name : String(error.constructor.name);
  } catch {
    return "Error";
  }
}

/** A text that somebody put there can hold content. */
const nameLike = /^[\w$.-]{1,64}$/;
