import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Aiwatch, createAiwatch, metricsHandler, type Observer } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import type { ErrorRequestHandler, Router } from "express";
import express from "express";
import { heldNow } from "./held-now.ts";

export interface LoadApp {
  readonly aiwatch: Aiwatch;
  readonly server: Server;
  /** What tests want to know of the app, past the door: nothing of that is counted. */
  readonly look: Router;
}

/** An app under load, which says on which port it listens. Needs `--expose-gc`. */
export function startLoadApp(observers: readonly Observer[] = []): LoadApp {
  const faults: string[] = [];
  const ended = { completed: 0, failed: 0, aborted: 0 };
  const tally: Observer = {
    name: "tally",
    requestEnded: ({ aborted, failure }) => {
      ended[aborted ? "aborted" : failure === undefined ? "completed" : "failed"] += 1;
    },
  };
  const onDiagnostic = ({ source, what }: { source: string; what: string }) => faults.push(`${source}: ${what}`);
  const aiwatch = createAiwatch({ onDiagnostic, observers: [tally, ...observers] });

  const app = express();
  const look = express.Router();
  const server = app.use("/look", look).listen(0, "127.0.0.1", () => {
    process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
  });
  const metrics = metricsHandler(aiwatch);
  look.get("/metrics", (req, res) => void metrics(req, res));
  look.get("/app", async (_req, res) => {
    // one lets go of what is dead; only several of what waits to be finalised, and of code that V8 compiled and nobody runs any more
    for (let collection = 0; collection < 20; collection += 1) {
      globalThis.gc?.();
      await nextTurn();
    }
    res.json({ ...(await heldNow(server)), faults, ended });
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
  return { aiwatch, server, look };
}
