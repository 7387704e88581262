import { watchLoop } from "./loop-delays.ts";

/** Imported before a program: it writes down how late its own event loop is. */
watchLoop((delay) => process.stderr.write(`loop-delay ${JSON.stringify(delay)}\n`));
