import { readFile } from "node:fs/promises";
import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { clientReports } from "@aiwatch/core/reports";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { startTracing } from "@aiwatch/tracing";
import { context as contexts, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import express from "express";
import { getLlama, LlamaChatSession, LlamaLogLevel } from "node-llama-cpp";

// a chat page, and an app that answers it by a real model: with the SDK of @aiwatch/tracing, or as a snippet of the guide sets up the app's own
if (process.env.OWN_SDK === undefined) {
  startTracing();
} else {
  const { provider } = await import(process.env.OWN_SDK);
  // NodeSDK registers these by itself
  if (provider !== undefined) {
    trace.setGlobalTracerProvider(provider);
    contexts.setGlobalContextManager(new AsyncLocalStorageContextManager());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  }
}

const aiwatch = createAiwatch({ service: "chat-api" });
const llama = instrumentModel(await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.disabled }), {
  aiwatch,
});
const model = await llama.loadModel({
  modelPath: await ensureTinyModel({ name: "tiny", variant: "endless", feedForward: 32768 }),
});
const context = await model.createContext({ sequences: 2, contextSize: 1024, threads: 1 });
const script = await readFile(new URL("../../../../browser/dist/aiwatch-browser.js", import.meta.url));

const page = `<!doctype html><title>chat</title><p id="answer"></p><script src="/reporter.js"></script>
<script>
  const reporter = aiwatch.startReporter({ service: "chat-web", release: "1.2.3" });
  async function ask(message, maxTokens) {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ message, maxTokens }) };
    const response = await reporter.fetch("/chat", init);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) answer.textContent += piece.value;
  }
</script>`;

const app = express();
app.use(aiwatchExpress(aiwatch, { reports: clientReports({ services: ["chat-web"] }) }));
app.get("/", (_req, res) => void res.type("html").send(page));
app.get("/reporter.js", (_req, res) => void res.type("text/javascript").send(script));
app.post("/chat", express.json(), async (req, res) => {
  const gone = new AbortController();
  res.on("close", () => gone.abort());
  const sequence = context.getSequence();
  const session = new LlamaChatSession({ contextSequence: sequence });
  res.type("text/event-stream");
  const onTextChunk = (content) => void res.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
  const { message, maxTokens } = req.body;
  const options = { maxTokens, onTextChunk, signal: gone.signal, temperature: 0 };
  await session.prompt(message, options).catch(() => undefined);
  await sequence.dispose();
  res.end("data: [DONE]\n\n");
});

const server = app.listen(0, "127.0.0.1", () => process.stdout.write(`listening ${server.address().port}\n`));
