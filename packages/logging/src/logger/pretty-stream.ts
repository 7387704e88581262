import { createRequire } from "node:module";
import { AiwatchError } from "@aiwatch/core";

/** Where lines go: a stream, or anything with its `write`. */
export interface LogDestination {
  write(line: string): unknown;
  flush?(callback: (error?: Error) => void): void;
  flushSync?(): void;
}

type Prettify = (line: string) => string | undefined;

interface PinoPretty {
  prettyFactory(options: object): Prettify;
}

/**
 * Writes lines for people. Each is made and handed on within the call that logs it, so that the last ones before an exit are there too;
 * pino-pretty's own stream would hold them back.
 */
export function prettyStream(destination: LogDestination, colorize: boolean): LogDestination {
  const { prettyFactory } = loadPinoPretty();
  const prettify = prettyFactory({ colorize, singleLine: true, ignore: "pid,hostname" });
  return {
    write: (line) => destination.write(prettify(line) ?? line),
    flush: (callback) => (destination.flush === undefined ? callback() : destination.flush(callback)),
    // pino calls it on fatal
    flushSync: () => destination.flushSync?.(),
  };
}

/** @param load finds the package as this one does */
export function loadPinoPretty(load: (name: string) => unknown = createRequire(import.meta.url)): PinoPretty {
  try {
    return load("pino-pretty") as PinoPretty;
  } catch (cause) {
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      "LOG_PRETTY is on, but pino-pretty cannot be loaded: npm install --save-dev pino-pretty, or set LOG_PRETTY=false",
      { cause },
    );
  }
}
