/**
 * Run as a process of its own with `--expose-gc`: writes which of a model's objects outlive their use, and the gauges that are left, as JSON, by
 * what was instrumented.
 */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { LlamaCompletion } from "node-llama-cpp";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel, uninstrument } from "../instrument-model.ts";
import { llama } from "./engine.ts";
import { newChat, newSession } from "./sessions.ts";

async function use(instrumented: string, { aiwatch }: TestAiwatch): Promise<Record<string, WeakRef<object>>> {
  const observe = (name: string, target: Instrumentable) => {
    if (name === instrumented) instrumentModel(target, { aiwatch });
  };
  const engine = await llama();
  observe("llama", engine);
  const modelPath = await ensureTinyModel({ variant: "chat" });
  const model = await engine.loadModel({ modelPath });
  observe("model", model);
  const context = await model.createContext({ contextSize: 512, threads: 1, sequences: 2 });
  observe("context", context);
  const [sequence, other] = [context.getSequence(), context.getSequence()];
  observe("sequence", sequence);
  const session = newSession(sequence);
  await session.prompt("Tell me", { maxTokens: 2 });
  const chat = newChat(other);
  const completion = new LlamaCompletion({ contextSequence: other });
  await completion.generateCompletion("Tell me", { maxTokens: 2 });
  for await (const _token of other.evaluate(model.tokenize("the model"))) break;
  const objects = { model, context, sequence, other, session, chat, completion };
  return Object.fromEntries(Object.entries(objects).map(([name, target]) => [name, new WeakRef(target)]));
}

async function collect(instrumented: string) {
  const seen = createTestAiwatch();
  const references = await use(instrumented, seen);
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate();
    globalThis.gc?.();
  }
  const alive = Object.keys(references).filter((name) => references[name]?.deref() !== undefined);
  const readings = /^genai_app_(?:llamacpp_context_(?:size|tokens)|model_memory_bytes)\{/;
  const gauges = (await seen.registry.metrics()).split("\n").filter((line) => readings.test(line));
  uninstrument(await llama());
  return { alive, gauges, inferences: seen.inferences.length };
}

const collected: Record<string, unknown> = {};
for (const name of ["nothing", "llama", "model", "context", "sequence"]) collected[name] = await collect(name);
process.stdout.write(JSON.stringify(collected));
