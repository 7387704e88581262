/** Run as a process of its own: dies by an exception, with a logger that writes in the background to the file that it is given. */
import { destination } from "pino";
import { createLogger } from "../create-logger.ts";
import { logFatal } from "../log-fatal.ts";

const [file = "", how] = process.argv.slice(2);
const stream = destination({ dest: file, sync: false, minLength: 8192 });
stream.on("ready", () => {
  const logger = createLogger({ destination: stream });
  logFatal(logger, { stack: how === "stack" });
  logger.info("held back");
  if (how === "a rejection") void Promise.reject(new RangeError("the prompt was: secret"));
  else throw new TypeError("the prompt was: secret");
});
