import { createRequire } from "node:module";
import { resolve } from "node:path";
import { AiwatchError } from "@aiwatch/core";

/** Where lines go: a stream, or anything with its `write`. */
export interface LogDestination {
  write(line: string): unknown;
  flush?(callback: (error?: Error) => void): void;
  flushSync?(): void;
}

/** pino-pretty's own: makes what turns a line of JSON into one for people. */
export type PrettyFactory = (options: object) => (line: string) => string | undefined;

/** In a bundle this module is wherever the bundle is, which not every bundle can say: then it is the program that runs. */
const here = typeof __filename === "string" ? __filename : (import.meta.url ?? resolve(process.argv[1] ?? "bundle.js"));

/**
 * Writes lines for people. Each is made and handed on within the call that logs it, so that the last ones before an exit are there too;
 * pino-pretty's own stream would hold them back.
 */
export function prettyStream(
  destination: LogDestination,
  colorize: boolean,
  prettyFactory: PrettyFactory = loadPrettyFactory(),
): LogDestination {
  const prettify = prettyFactory({ colorize, singleLine: true, ignore: "pid,hostname" });
  return {
    write: (line) => destination.write(prettify(line) ?? line),
    flush: (callback) => (destination.flush === undefined ? callback() : destination.flush(callback)),
    // pino calls it on fatal
    flushSync: () => destination.flushSync?.(),
  };
}

/** @param load finds the package as this one does */
export function loadPrettyFactory(load: (name: string) => unknown = createRequire(here)): PrettyFactory {
  try {
    return (load("pino-pretty") as { prettyFactory: PrettyFactory }).prettyFactory;
  } catch (cause) {
    throw new AiwatchError(
      "AIWATCH_MISSING_PEER",
      "pretty lines are on (LOG_PRETTY, or the option pretty), but pino-pretty cannot be loaded: npm install --save-dev pino-pretty, or set LOG_PRETTY=false; in a bundle, leave pino-pretty external or pass it, as createLogger({ prettyFactory })",
      { cause },
    );
  }
}
