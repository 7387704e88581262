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
  const leaves = new AbortController();
  res.once("close", () => leaves.abort()); // before the call: a reader may leave while all slots are taken
  const question = { model: MODEL, messages: [{ role: "user", content: req.body }], stream: true };
  try {
    const chunks = await client.chat.completions.create(question, { signal: leaves.signal });
    for await (const chunk of chunks) res.write(chunk.choices[0]?.delta.content ?? "");
    res.end();
  } catch (error) {
    if (!leaves.signal.aborted) throw error;
  }
});

app.listen(Number(PORT), "127.0.0.1", () => console.log(`curl -N http://127.0.0.1:${PORT}/ask -d 'How are you?'`));
