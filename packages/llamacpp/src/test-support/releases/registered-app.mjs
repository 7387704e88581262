/**
 * An app that knows nothing of AIWatch. Copied into a release's folder and run as a process of its own; its arguments are a model's file and
 * where prom-client is. It writes what it was answered, and prom-client's global registry.
 */
import { getLlama, LlamaChatSession } from "node-llama-cpp";

const [, , modelPath, promClient] = process.argv;
const { register } = await import(promClient);
const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
const model = await llama.loadModel({ modelPath });
const context = await model.createContext({ contextSize: 512, threads: 1 });
const session = new LlamaChatSession({ contextSequence: context.getSequence() });
const answer = await session.prompt("Tell me about the local model", { maxTokens: 7 });
process.stdout.write(JSON.stringify({ answer, metrics: await register.getMetricsAsJSON() }));
await llama.dispose();
