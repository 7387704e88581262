import type { AddressInfo } from "node:net";
import { createAiwatch } from "@aiwatch/core";
import { aiwatchExpress } from "@aiwatch/core/express";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel, type Variant } from "@aiwatch/tiny-model";
import { startTracing } from "@aiwatch/tracing";
import express, { type ErrorRequestHandler } from "express";
import { type ChatHistoryItem, getLlama, LlamaChatSession, type Token } from "node-llama-cpp";
import type { ChatRequest } from "./browser.ts";

/**
 * A chat whose tracing is configured by the environment alone. `POST /chat` answers in lines of JSON: each text as it comes, then the tokens as
 * the app itself counts them.
 */
startTracing();
const aiwatch = createAiwatch();
const llama = instrumentModel(await getLlama({ gpu: false, build: "never", maxThreads: 1 }), { aiwatch });
const sessions = { chat: await newSession("chat"), endless: await newSession("endless") };

async function newSession(variant: Variant): Promise<LlamaChatSession> {
  const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant }) });
  const context = await model.createContext({ contextSize: 512, threads: 1 });
  return new LlamaChatSession({ contextSequence: context.getSequence() });
}

/** What the chat's template makes of the message: asked of the tokenizer. */
function promptTokens({ chatWrapper, model }: LlamaChatSession, text: string): number {
  const chatHistory: ChatHistoryItem[] = [
    { type: "user", text },
    { type: "model", response: [] },
  ];
  return chatWrapper.generateContextState({ chatHistory }).contextText.tokenize(model.tokenizer).length;
}

const app = express();
app.use(aiwatchExpress(aiwatch));
app.post("/chat", express.json(), async (req, res) => {
  const { message, instructions, endless } = req.body as ChatRequest;
  const session = sessions[endless === true ? "endless" : "chat"];
  const gone = new AbortController();
  res.once("close", () => gone.abort());
  session.setChatHistory(instructions === undefined ? [] : [{ type: "system", text: instructions }]);
  let delivered = 0;
  const write = (line: object) => void res.write(`${JSON.stringify(line)}\n`);
  const { stopReason } = await session.promptWithMeta(message, {
    signal: gone.signal,
    temperature: 0.8,
    seed: 7,
    onTextChunk: (text) => write({ text }),
    onToken: (tokens: Token[]) => {
      delivered += tokens.length;
    },
  });
  // the token that ends an answer is generated, too
  const outputTokens = delivered + (stopReason === "eogToken" ? 1 : 0);
  write({ promptTokens: promptTokens(session, message), outputTokens });
  res.end();
});
const answerError: ErrorRequestHandler = (_error, _req, res, _next) => void (res.headersSent || res.sendStatus(500));
app.use(answerError);

const server = app.listen(0, "127.0.0.1", () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
