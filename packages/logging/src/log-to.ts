import timers from "node:timers";
import type { Observer } from "@aiwatch/core";
import { inferenceLevel, inferenceLine } from "./lines/inference-line.ts";
import type { Line, LineFields, LineLevel } from "./lines/line.ts";
import { writeOwnLine } from "./lines/own-line.ts";
import { requestLevel, requestLine } from "./lines/request-line.ts";
import { toolLevel, toolLine } from "./lines/tool-line.ts";

/** What is needed of a logger: pino's, of any version, or one with the same methods. */
export interface LineLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Spares the making of lines that nobody would see. */
  isLevelEnabled?(level: string): boolean;
  /** What the logger puts into each line by itself: where we have the same name, its value stays. */
  bindings?(): Readonly<Record<string, unknown>>;
  flush?(callback: (error?: Error) => void): void;
}

export interface LogToOptions {
  /** A line for each request, but for those that pino-http or Fastify write one for: theirs gains the ids instead. @default true */
  readonly requests?: boolean;
  /** A line for each inference. @default true */
  readonly inferences?: boolean;
  /** A line for each function that a model called. @default true */
  readonly tools?: boolean;
}

/** As they are at load: fake ones that a test installs later would hold `close()` up. */
const { clearTimeout, setTimeout } = timers;

/** How long `close()` waits for a stream that does not say that it is flushed. */
const flushTimeoutMs = 2_000;

/**
 * An observer that writes one line for each ended request, inference and tool call. Lines hold no content: no prompt, no answer, no arguments, no query,
 * no error message.
 */
export function logTo(
  logger: LineLogger,
  { requests = true, inferences = true, tools = true }: LogToOptions = {},
): Observer {
  const taken = Object.keys(logger.bindings?.() ?? {});
  const write = (level: LineLevel, lineOf: () => Line) => {
    if (logger.isLevelEnabled?.(level) === false) return;
    const { fields, message } = lineOf();
    const left = without(fields, taken);
    writeOwnLine(left, () => logger[level](left, message));
  };
  return {
    name: "log",
    ...(requests && {
      requestEnded: (record) => {
        if (!record.logged) write(requestLevel(record), () => requestLine(record));
      },
    }),
    ...(inferences && {
      inferenceEnded: (record) => write(inferenceLevel(record), () => inferenceLine(record)),
    }),
    ...(tools && {
      toolEnded: (record) => write(toolLevel(record), () => toolLine(record)),
    }),
    close: () => flushed(logger),
  };
}

/** `fields` without the names that the logger writes by itself: a line must not hold a name twice. */
function without(fields: LineFields, taken: readonly string[]): LineFields {
  if (!taken.some((name) => name in fields)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !taken.includes(name)));
}

async function flushed(logger: LineLogger): Promise<void> {
  await new Promise<void>((resolve) => {
    const deadline = setTimeout(resolve, flushTimeoutMs);
    const done = () => {
      clearTimeout(deadline);
      resolve();
    };
    try {
      if (logger.flush === undefined) done();
      else logger.flush(done);
    } catch {
      // a stream that is already gone has nothing left to flush
      done();
    }
  });
}
