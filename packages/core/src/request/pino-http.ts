import type { IncomingMessage, ServerResponse } from "node:http";
import type { HostLine, LineIds, LoggedRequest } from "./exchange.ts";

/** What is needed of a pino logger. */
interface Pino {
  bindings(): object;
  setBindings(bindings: object): void;
  [boundKey]?: readonly string[];
}

/** Where `@aiwatch/logging` keeps the names that its lines must not add, since the logger has them bound. */
const boundKey = Symbol.for("@aiwatch/logging/bound");

/**
 * pino-http keeps two loggers for each request, one for the app and one for its own line. They are told by what it leaves beside them: what
 * somebody else put on the request as `log` may be the whole app's, and must not gain one request's ids.
 */
export function joinPinoHttp(req: IncomingMessage, res: ServerResponse, request: LoggedRequest): HostLine | undefined {
  // most apps have none: asked several times for each request
  if (!("allLogs" in req) && !("allLogs" in res)) return undefined;
  const forApp = loggersOf(req);
  const forLine = loggersOf(res);
  // with `quietResLogger` alone the line is written by the whole app's own logger, which the request's is a child of
  const own = forLine.filter((logger, index) => !isAncestor(logger, forApp[index]));
  const loggers = new Set([...forApp, ...own]);
  if (loggers.size === 0) return undefined;
  const ids = request.lineIds();
  for (const logger of loggers) bind(logger, ids);
  const watched = own.map((logger) => watchWrites(logger, () => res.writableEnded || res.destroyed));
  return { isWritten: () => watched.some((hasWritten) => hasWritten()) };
}

function loggersOf(message: object): Pino[] {
  if (!("allLogs" in message) || !Array.isArray(message.allLogs)) return [];
  return message.allLogs.filter(isPino);
}

function isPino(logger: unknown): logger is Pino {
  if (typeof logger !== "object" || logger === null || !("setBindings" in logger)) return false;
  return typeof logger.setBindings === "function";
}

function isAncestor(logger: Pino, other: Pino | undefined): boolean {
  return other !== undefined && Object.prototype.isPrototypeOf.call(logger, other);
}

/** Children that were made before keep their own bindings: each logger is told by itself. */
function bind(logger: Pino, ids: LineIds): void {
  const added = unbound(ids, logger);
  logger.setBindings(added);
  logger[boundKey] = [...(logger[boundKey] ?? []), ...Object.keys(added)];
}

/**
 * Whether a line goes out by a logger once `isEnding`: what pino-http is told of levels and of requests to ignore is known to itself alone.
 */
function watchWrites(logger: object, isEnding: () => boolean): () => boolean {
  let hasWritten = false;
  const key = writeKeyOf(logger);
  const write: unknown = key && Reflect.get(logger, key);
  if (key === undefined || typeof write !== "function") return () => false;
  const watched = function (this: unknown, ...line: unknown[]): unknown {
    hasWritten ||= isEnding();
    return write.apply(this, line);
  };
  Object.defineProperty(logger, key, { value: watched, configurable: true, writable: true });
  return () => hasWritten;
}

/** pino's name of the method that every line goes through. */
function writeKeyOf(logger: object): symbol | undefined {
  for (let holder: object | null = logger; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const key = Object.getOwnPropertySymbols(holder).find(({ description }) => description === "pino.write");
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The ids without those that the lines of `logger` hold already: a line must not hold a name twice. */
export function unbound(ids: LineIds, logger: { bindings?(): object }): Partial<LineIds> {
  const bound = logger.bindings?.() ?? {};
  return Object.fromEntries(Object.entries(ids).filter(([name]) => !(name in bound)));
}
