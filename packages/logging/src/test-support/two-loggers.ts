import { type Logger, pino, stdTimeFunctions } from "pino";
import { createLogger } from "../create-logger.ts";
import { capturedLines } from "./captured-lines.ts";

/** What one logger made of a value: its lines without their times, or what it threw. */
export interface Written {
  readonly lines: readonly string[];
  readonly thrown?: string;
}

const settings = {
  formatters: { level: (label: string) => ({ level: label }) },
  timestamp: stdTimeFunctions.isoTime,
};

type MakeLogger = (destination: ReturnType<typeof capturedLines>) => Logger;
const plainLogger: MakeLogger = (destination) => pino(settings, destination);
const ourLogger: MakeLogger = (destination) => createLogger({ level: "info", pretty: false, destination });

/** Does the same with plain pino and with ours, each on a value of its own. */
export function writeTwice(make: () => unknown, log: (logger: Logger, value: unknown) => void) {
  const [plain, ours] = [plainLogger, ourLogger].map((makeLogger): Written => {
    const destination = capturedLines();
    // at one place, so that errors have one stack
    const value = make();
    try {
      log(makeLogger(destination), value);
    } catch (error) {
      return { lines: destination.raw, thrown: String(error) };
    }
    return { lines: destination.raw.map((line) => wellFormed(line).replace(/"time":"[^"]*",/, "")) };
  }) as [Written, Written];
  return { plain, ours };
}

/** pino writes a short text's half of a character as it is, where JSON has an escape for it. */
function wellFormed(line: string): string {
  return line.replace(/[\ud800-\udfff]/gu, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}
