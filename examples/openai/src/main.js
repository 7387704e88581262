import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { instrumentClient } from "@aiwatch/openai";
import express from "express";
import OpenAI from "openai";

const { BASE_URL = "http://localhost:8080/v1", MODEL = "default", API_KEY = "none", PORT = "3000" } = process.env;
const aiwatch = createAiwatch({ service: "openai-example" });
const client = instrumentClient(new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY }), { aiwatch, includeUsage: true });
const app = express().use(aiwatchExpress(aiwatch)); // requests, health, and /metrics

app.post("/ask", express.text({ type: "*/*" }), async (req, res) => {
  const chunks = await client.chat.completions.create({
    model: MODEL,
    messages: [{ role: "user", content: req.body }],
    stream: true,
  });
  res.once("close", () => chunks.controller.abort()); // whoever leaves stops the model
  for await (const chunk of chunks) res.write(chunk.choices[0]?.delta.content ?? "");
  res.end();
});

app.listen(Number(PORT), "127.0.0.1", () => console.log(`curl -N http://127.0.0.1:${PORT}/ask -d 'How are you?'`));
