/**
 * Run as a process of its own: answers two requests and exits while the second answer is closed, or when an observer hears of it, with a log that
 * holds lines back until it is flushed.
 */
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
const exits = {
  name: "exits",
  requestEnded({ path }: { readonly path: string }) {
    if (path === "/last" && how === "an observer") process.exit(0);
  },
};
const aiwatch = createAiwatch({ observers: [logTo(logger), exits] });
const server = createServer(
  aiwatchNode((req, res) => {
    res.on("close", () => {
      if (req.url !== "/last" || how === "an observer") return;
      if (how === "an exception") throw new Error("in a listener");
      process.exit(0);
    });
    res.end("answered");
  }, aiwatch),
).listen(0, "127.0.0.1");
await once(server, "listening");
await opened;
for (const path of ["/first", "/last"])
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`).catch(() => undefined);
