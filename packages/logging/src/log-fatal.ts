import type { Logger } from "pino";
import { field } from "./fields.ts";
import { cleanText } from "./lines/clean-text.ts";

/**
 * Writes a `fatal` line for each exception and rejection that nothing caught, and flushes with it what the logger holds back. What becomes of
 * the process stays as it is: this listens to `uncaughtExceptionMonitor` alone, and where the app has an `uncaughtException` handler of its own,
 * which may keep the process alive, the line says so. The line has the error's code, else its class, and its stack only on wish: messages and stacks
 * can hold content.
 * @returns stops listening
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

/** What is known now: whether the process dies is for the app's handler to say. */
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
