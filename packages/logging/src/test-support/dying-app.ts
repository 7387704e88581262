/** Run as a process of its own: dies by an exception, or lives on where it handles it, with a logger whose destination holds lines back until it is flushed. */
import { appendFileSync } from "node:fs";
import { createLogger } from "../create-logger.ts";
import { logFatal } from "../log-fatal.ts";

const [file = "", how] = process.argv.slice(2);
const held: string[] = [];
const destination = {
  write: (line: string) => void held.push(line),
  flushSync: () => appendFileSync(file, held.splice(0).join("")),
};
const logger = createLogger({ destination });
logFatal(logger, { stack: how === "stack" });
logger.info("held back");
if (how?.startsWith("handled")) process.on("uncaughtException", () => setImmediate(() => logger.fatal("alive")));
if (how?.endsWith("a rejection")) void Promise.reject(new RangeError("the prompt was: secret"));
else
  setImmediate(() => {
    throw new TypeError("the prompt was: secret");
  });
