/**
 * An app whose model is loaded, and asked once, before the app makes its own instance. Run as a process of its own; shows what the observers of
 * each of its instances were told. `--explicit` observes the model by hand and without naming an instance, in place of the preload.
 */
import { type Aiwatch, createAiwatch, type Observer } from "@aiwatch/core";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { getLlama, LlamaChatSession } from "node-llama-cpp";
import { register } from "prom-client";
import { instrumentModel } from "../instrument-model.ts";

const told: Record<string, number[]> = {};

function observer(name: string): Observer {
  const tokens: number[] = [];
  told[name] = tokens;
  return { name, inferenceEnded: ({ outputTokens = 0 }) => tokens.push(outputTokens) };
}

const instance = (name: string): Aiwatch => createAiwatch({ observers: [observer(name)], slo: { latencyMs: 60_000 } });

const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1 });
if (process.argv.includes("--explicit")) instrumentModel(llama);
const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant: "chat" }) });
const context = await model.createContext({ contextSize: 512, threads: 1 });
const session = new LlamaChatSession({ contextSequence: context.getSequence() });
const ask = (maxTokens: number) => session.prompt("Tell me about the local model", { maxTokens });

await ask(1);
const running = ask(2);
const first = instance("first");
const second = instance("second");
await running;
await ask(3);
await first.close();
const third = instance("third");
await ask(4);
const { inferences, llamaCppMetrics } = third.summary();
const counted = await register.getSingleMetricAsString("genai_app_inferences_total");
process.stdout.write(JSON.stringify({ told, counted, inferences, contextSize: llamaCppMetrics?.contextSize }));
await Promise.all([second.close(), third.close(), llama.dispose()]);
