import { aiwatchExpress } from "@aiwatch/core/express"; // AIWatch
import express from "express";
import { pinoHttp } from "pino-http";
import { logger } from "./logger.js";
import { answerCharacters, answers, registry } from "./metrics.js";
import { answer } from "./model.js";
import { aiwatch } from "./observe.js"; // AIWatch

export const app = express();

// AIWatch, first of all. The app has routes of its own for metrics and health, so AIWatch's are off
app.use(aiwatchExpress(aiwatch, { routes: false }));

app.use(pinoHttp({ logger }));
app.use(express.json());

app.get("/healthz", (_req, res) => void res.send("ok"));

app.get("/metrics", async (_req, res) => {
  res.type(registry.contentType).send(await registry.metrics());
});

app.post("/chat", async (req, res) => {
  const message = req.body?.message;
  if (typeof message !== "string") {
    res.status(400).json({ error: "message: expected a text" });
    return;
  }
  try {
    const text = await answer(message);
    answers.inc({ outcome: "ok" });
    answerCharacters.observe(text.length);
    res.json({ answer: text });
  } catch (error) {
    answers.inc({ outcome: "failed" });
    throw error;
  }
});
