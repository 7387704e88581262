/**
 * A chat behind Express that asks itself once, tells what it saw as its last line and leaves it to Node to find that nothing is left to do.
 * What is handed in, a bundle with nothing beside it needs.
 */
import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { instrumentModel } from "@aiwatch/llamacpp";
import { createLogger, logTo } from "@aiwatch/logging";
import { startTracing } from "@aiwatch/tracing";
import express from "express";
import { register } from "prom-client";

class QuotaError extends Error {
  name = "QuotaError";
}

export async function runChat({ sdk, prettyFactory } = {}) {
  startTracing({ ...(sdk !== undefined && { sdk }) });
  const lines = [];
  const destination = { write: (line) => lines.push(line) };
  const logger = createLogger({ pretty: true, destination, ...(prettyFactory !== undefined && { prettyFactory }) });
  const aiwatch = createAiwatch({ observers: [logTo(logger)] });
  const answer = process.env.MODEL_PATH === undefined ? byHand(aiwatch) : await byEngine(aiwatch);

  const app = express();
  app.use(aiwatchExpress(aiwatch));
  app.post("/chat/:id", async (_req, res) => res.send(await answer()));
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
  });
  const url = `http://127.0.0.1:${server.address().port}`;
  const answered = await fetch(`${url}/chat/7`, { method: "POST", headers: { connection: "close" } });
  const text = await answered.text();
  aiwatch.startInference({ model: "broken" }).fail(new QuotaError("canary"));
  const health = await (await fetch(`${url}/health`, { headers: { connection: "close" } })).json();
  await new Promise((resolve) => server.close(resolve));
  const metrics = (await register.metrics()).split("\n").filter((line) => !line.startsWith("#"));
  const seen = { status: answered.status, text, health: health.status, metrics, lines };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

function byHand(aiwatch) {
  return async () => {
    const inference = aiwatch.startInference({ model: "by-hand" });
    inference.token(6);
    inference.end({ unified: "length" });
    return "answered";
  };
}

/** The engine is never in a bundle: its binary lies beside its modules. */
async function byEngine(aiwatch) {
  const { getLlama, LlamaChatSession } = await import("node-llama-cpp");
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: "error" });
  const model = await llama.loadModel({ modelPath: process.env.MODEL_PATH });
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  const session = instrumentModel(new LlamaChatSession({ contextSequence: context.getSequence() }), { aiwatch });
  return async () => {
    const text = await session.prompt("Tell me about the local model", { maxTokens: 6 });
    await llama.dispose();
    return text;
  };
}
