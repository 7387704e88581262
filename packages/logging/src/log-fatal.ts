import type { Logger } from "pino";
import { field } from "./fields.ts";
import { cleanText } from "./lines/clean-text.ts";

/**
 * Writes a `fatal` line when an exception or a rejection ends the process; pino flushes what the logger holds back with it. How the process dies stays
 * as it is: this listens to `uncaughtExceptionMonitor` alone. The line has the error's class and code, and its stack only on wish: messages
 * and stacks can hold content.
 * @returns stops listening
 */
export function logFatal(logger: Logger, { stack = false }: LogFatalOptions = {}): () => void {
  const listener = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin) => {
    try {
      const fields = { [field.errorType]: cleanText(classOf(error), 128), origin, ...(stack && { err: error }) };
      logger.fatal(fields, "the process dies");
    } catch {
      // an error can be made so that looking at it throws: the process must die of it, and not of this
    }
  };
  process.on("uncaughtExceptionMonitor", listener);
  return () => process.off("uncaughtExceptionMonitor", listener);
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
