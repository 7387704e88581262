import type { Observer } from "@aiwatch/core";
import { invalidSetting, withTimeout } from "@aiwatch/core/adapter";
import { fieldsOf, jsonOf, type Line, type LineFields } from "./lines/line.ts";
import { writeOwnLine } from "./lines/own-line.ts";
import { inferenceLine, requestLine, toolLine } from "./lines/record-lines.ts";
import { DirectWriter } from "./logger/direct-writer.ts";

/** A logger for `logTo`: pino's, of any version, or one with the same methods. */
export interface LineLogger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** Lines of a level that is off are not made. */
  isLevelEnabled?(level: string): boolean;
  /** What the logger adds to each line. Where a line of ours has the same name, the logger's value is kept. */
  bindings?(): Readonly<Record<string, unknown>>;
  flush?(callback: (error?: Error) => void): void;
}

export interface LogToOptions {
  /** A line for each request, except where pino-http or Fastify writes one: that one gets the ids instead. @default true */
  readonly requests?: boolean;
  /** A line for each inference. @default true */
  readonly inferences?: boolean;
  /** A line for each function that a model called. @default true */
  readonly tools?: boolean;
}

/** How long `close()` waits for a stream that does not say that it is flushed. */
const flushTimeoutMs = 2_000;

/**
 * An observer that writes one line for each ended request, inference and tool call. Lines hold no content: no prompt, no answer, no arguments,
 * no query, no error message. With a logger of `createLogger` the lines of the requests of one turn of the event loop are written together; to a
 * destination with `sync: false`, those of at most 10 ms.
 * @example
 * const aiwatch = createAiwatch({ observers: [logTo(createLogger())] });
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for what cannot write lines
 */
export function logTo(
  logger: LineLogger,
  { requests = true, inferences = true, tools = true }: LogToOptions = {},
): Observer {
  checkLogger(logger);
  const lines = new LineWriter(logger);
  return {
    name: "log",
    ...(requests && {
      requestEnded: (record) => {
        if (!record.logged) lines.write(requestLine, record, true);
      },
    }),
    ...(inferences && { inferenceEnded: (record) => lines.write(inferenceLine, record, false) }),
    ...(tools && { toolEnded: (record) => lines.write(toolLine, record, false) }),
    flush: () => lines.endTurn(),
    close: () => flushed(logger, lines),
  };
}

function checkLogger(logger: unknown): void {
  const isLogger = ["debug", "info", "error"].every(
    (level) => typeof Reflect.get(Object(logger), level) === "function",
  );
  if (!isLogger)
    throw invalidSetting("the first argument of logTo", logger, "a logger, such as what createLogger() returns");
}

/** Writes the lines of records: straight to the stream of a logger of `createLogger`, through the methods of any other. */
class LineWriter {
  readonly #logger: LineLogger;
  /** The names that the logger adds to each line. */
  readonly #taken: readonly string[];
  readonly #direct = new Map<Line<never>, DirectWriter | undefined>();
  /** An older release of core never calls `flush`: lines would be held for ever. */
  #isFlushed = false;

  constructor(logger: LineLogger) {
    this.#logger = logger;
    this.#taken = Object.keys(logger.bindings?.() ?? {});
    for (const line of [requestLine, inferenceLine, toolLine]) this.#direct.set(line, this.#directOf(line));
  }

  /** @param isHeld whether `flush` is called at the end of this turn */
  write<Ended>(line: Line<Ended>, record: Ended, isHeld: boolean): void {
    const level = line.levelOf(record);
    if (this.#logger.isLevelEnabled?.(level) === false) return;
    const direct = this.#direct.get(line);
    if (direct?.writes(level)) {
      const json = jsonOf(line, record, direct.redaction.writeAlone);
      direct.write(level, json, line.messageOf(record), isHeld && this.#isFlushed);
    } else {
      const fields = without(fieldsOf(line, record), this.#taken);
      writeOwnLine(fields, () => this.#logger[level](fields, line.messageOf(record)));
    }
  }

  endTurn(): void {
    this.#isFlushed = true;
    for (const direct of this.#direct.values()) direct?.endTurn();
  }

  flush(): void {
    for (const direct of this.#direct.values()) direct?.flush();
  }

  #directOf({ rows }: Line<never>): DirectWriter | undefined {
    const names = rows.map(({ name }) => name);
    return names.some((name) => this.#taken.includes(name)) ? undefined : DirectWriter.of(this.#logger, names);
  }
}

/** `fields` without the names that the logger adds: a line must not hold a name twice. */
function without(fields: LineFields, taken: readonly string[]): LineFields {
  if (!taken.some((name) => name in fields)) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !taken.includes(name)));
}

/** A stream that is already gone has nothing left to flush. */
async function flushed(logger: LineLogger, lines: LineWriter): Promise<void> {
  const flush = () =>
    new Promise<void>((resolve) => {
      try {
        lines.flush();
        if (logger.flush === undefined) resolve();
        else logger.flush(() => resolve());
      } catch {
        resolve();
      }
    });
  await withTimeout(flush, { ms: flushTimeoutMs, late: () => undefined, keepsAlive: true });
}
