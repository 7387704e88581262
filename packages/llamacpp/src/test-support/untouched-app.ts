/** An app that knows nothing of AIWatch: it loads a model, prompts it and shows prom-client's global registry. Run as a process of its own. */
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaChatSession } from "node-llama-cpp";
import { register } from "prom-client";

const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant: "chat" }) });
const context = await model.createContext({ contextSize: 512, threads: 1 });
const session = new LlamaChatSession({ contextSequence: context.getSequence() });
const answer = await session.prompt("Tell me about the local model", { maxTokens: 7 });
process.stdout.write(JSON.stringify({ answer, metrics: await register.getMetricsAsJSON() }));
await llama.dispose();
