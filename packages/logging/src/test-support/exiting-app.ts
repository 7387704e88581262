/** Run as a process of its own: answers one request and exits while the answer is closed, with a log that holds lines back until it is flushed. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAiwatch } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import { destination } from "pino";
import { createLogger } from "../create-logger.ts";
import { logTo } from "../log-to.ts";

const [file = "", how] = process.argv.slice(2);
const lines = destination({ dest: file, sync: false, minLength: 4096 });
const opened = once(lines, "ready");
const logger = createLogger({ destination: lines });
const aiwatch = createAiwatch({ observers: [logTo(logger)] });
const server = createServer(
  aiwatchNode((_req, res) => {
    res.on("close", () => {
      if (how === "an exception") throw new Error("in a listener");
      process.exit(0);
    });
    res.end("answered");
  }, aiwatch),
).listen(0, "127.0.0.1");
await once(server, "listening");
await opened;
await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/last`).catch(() => undefined);
