import type { AddressInfo } from "node:net";
import express from "express";
import { aiwatchExpress } from "../../doors/express.ts";
import { createAiwatch } from "../../index.ts";
import { handleSignals } from "../handle-signals.ts";

/** An app that answers slowly, to be stopped by signals. Tells on its output what it is told; `DRAIN_MS` and `TIMEOUT_MS` are its options. */
const say = (...words: unknown[]) => process.stdout.write(`${words.join(" ")}\n`);

const aiwatch = createAiwatch({
  observers: [
    {
      name: "teller",
      inferenceEnded: ({ finishReason }) => say("inference", finishReason.unified),
      requestEnded: ({ route, failure, own }) => {
        if (!own) say("request", route, failure?.type ?? "whole");
      },
      close: () => void say("observer closed"),
    },
  ],
});

const app = express();
app.use(aiwatchExpress(aiwatch));

app.get("/slow/:ms", (req, res) => {
  const inference = aiwatch.startInference({ model: "tiny" });
  res.write("first ");
  setTimeout(() => {
    inference.end({ unified: "stop" });
    res.end("last");
  }, Number(req.params.ms));
});

/** Ends only when its client or its server breaks it off. */
app.get("/endless", (_req, res) => {
  const inference = aiwatch.startInference({ model: "tiny" });
  res.write("first ");
  res.on("close", () => inference.abort());
});

const server = app.listen(0, "127.0.0.1", () => say("port", (server.address() as AddressInfo).port));

process.on("SIGTERM", () => say("the app's own listener"));

const remove = handleSignals(aiwatch, {
  server,
  drainMs: Number(process.env["DRAIN_MS"] ?? 0),
  timeoutMs: Number(process.env["TIMEOUT_MS"] ?? 10_000),
});
if (process.env["REMOVED"] !== undefined) {
  remove();
  process.removeAllListeners("SIGTERM");
}
