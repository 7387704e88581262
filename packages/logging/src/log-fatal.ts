import type { Logger } from "pino";
import { field } from "./fields.ts";
import { cleanText } from "./lines/clean-text.ts";

/**
 * Writes a `fatal` line for each exception and rejection that nothing caught, and flushes with it what the logger holds back. What becomes of
 * the process stays as it is: this listens to `uncaughtExceptionMonitor` alone, and where the app has an `uncaughtException` handler of its own,
 * which may keep the process alive, the line says so. The line has the error's class and code, and its stack only on wish: messages and stacks
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
  return process.listenerCount("uncaughtException") === 0 ? what : `${what}, handed to the app's own handler`;
}

export interface LogFatalOptions {
  /** Writes the error's message and stack as well. @default false */
  readonly stack?: boolean;
}

function classOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return typeof error;
    return "code" in error && typeof error.code === "string" ? error.code : String(error.constructor.name);
  } catch {
    return "Error";
  }
}
