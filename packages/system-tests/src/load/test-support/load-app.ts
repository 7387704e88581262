import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createAiwatch, metricsHandler } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import type { ErrorRequestHandler } from "express";
import express from "express";

/** An app under load. Beside its routes it tells what a test wants to know of it, past the door: nothing of that is counted. Needs `--expose-gc`. */
const faults: string[] = [];
const ended = { completed: 0, failed: 0, aborted: 0 };

const aiwatch = createAiwatch({
  onDiagnostic: ({ source, what }) => faults.push(`${source}: ${what}`),
  observers: [
    {
      name: "tally",
      requestEnded: ({ aborted, failure }) => {
        ended[aborted ? "aborted" : failure === undefined ? "completed" : "failed"] += 1;
      },
    },
  ],
});

const app = express();
const metrics = metricsHandler(aiwatch);
app.get("/look/metrics", (req, res) => void metrics(req, res));
app.get("/look/app", async (_req, res) => {
  // one lets go of what is dead; only several of what waits to be finalised, and of code that V8 compiled and nobody runs any more
  for (let collection = 0; collection < 20; collection += 1) {
    globalThis.gc?.();
    await nextTurn();
  }
  res.json({ heapUsed: process.memoryUsage().heapUsed, faults, ended });
});

app.use(aiwatchExpress(aiwatch));
app.get("/ok/:id", (req, res) => void res.send(`done ${req.params.id}`));
app.get("/fail/:id", () => {
  throw new Error("the model is out of memory");
});
/** Goes on until its client leaves. */
app.get("/stream/:id", (_req, res) => {
  res.write("first ");
  const more = setInterval(() => res.write("more "), 1000);
  res.on("close", () => clearInterval(more));
});
const answerError: ErrorRequestHandler = (_error, _req, res, _next) => void res.status(500).send("failed");
app.use(answerError);

const server = app.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
