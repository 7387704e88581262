import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { clientReports } from "@aiwatch/core/reports";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import express from "express";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";
import { collectDefaultMetrics } from "prom-client";

/**
 * An app as the examples are, with as many models in its process as its argument says. It has used all that an app of its kind uses: chats,
 * some of them aborted or refused, several routes, and what browsers report. Then it only answers scrapes.
 */
const models = Array.from({ length: Number(process.argv[2]) }, (_, index) => `model-${index + 1}`);
const aiwatch = createAiwatch({ service: "chat", slo: { requestFirstTokenMs: 2000, timePerOutputTokenMs: 100 } });
collectDefaultMetrics();
const admission = aiwatch.admission({ queue: "sequences" });

const llama = instrumentModel(await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled }), {
  aiwatch,
});
const sessions = new Map<string, LlamaChatSession>();
for (const name of models) {
  const model = await llama.loadModel({ modelPath: await ensureTinyModel({ name }) });
  const context = await model.createContext({ sequences: 2, contextSize: 512, threads: 1 });
  sessions.set(name, new LlamaChatSession({ contextSequence: context.getSequence() }));
}

const app = express();
app.use(aiwatchExpress(aiwatch, { reports: clientReports() }));
app.post("/chat/:model", async (req, res) => {
  await admission.wait(async () => undefined);
  const hasty = req.query["hasty"] === undefined ? {} : { signal: AbortSignal.timeout(5) };
  const onTextChunk = (text: string) => void res.write(text);
  const answer = sessions.get(req.params.model)?.prompt("How is it?", { maxTokens: 20, ...hasty, onTextChunk });
  await answer?.catch(() => undefined);
  res.end();
});
app.get("/", (_req, res) => void res.send("hello"));
app.get("/documents/:id", (req, res) => void res.sendStatus(Number(req.params.id) > 1 ? 404 : 200));

const server = app.listen(0, "127.0.0.1", async () => {
  const address = server.address();
  const port = typeof address === "string" ? address : address?.port;
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  const ask = async (path: string, body?: object) => {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    await (await fetch(at(path), body === undefined ? {} : post)).arrayBuffer();
  };
  for (const name of models) for (const query of ["", "", "?hasty"]) await ask(`/chat/${name}${query}`, {});
  for (const path of ["/", "/documents/1", "/documents/2", "/none", "/metrics", "/readyz", "/livez"]) await ask(path);
  const web_vitals = { TTFB: 12, FCP: 80, LCP: 90, INP: 20 };
  await ask("/metrics/log", { response_time_ms: 900, time_to_first_token_ms: 30, web_vitals });
  process.stderr.write(`listening on ${port}\n`);
});
