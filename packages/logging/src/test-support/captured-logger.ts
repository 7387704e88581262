import { type CreateLoggerOptions, createLogger } from "../create-logger.ts";
import { capturedLines } from "./captured-lines.ts";

/** A logger of every level, and what it wrote. */
export function capturedLogger(options: CreateLoggerOptions = {}) {
  const lines = capturedLines();
  return { lines, logger: createLogger({ level: "trace", pretty: false, destination: lines, ...options }) };
}
