/**
 * Run as a process of its own with `--expose-gc`: writes how many of an observed session's objects outlive it, how many of its readings the
 * board still keeps, and its gauge. A timer that a callback started goes on.
 */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { LlamaChatSession } from "node-llama-cpp";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "./engine.ts";
import { hostOf } from "./host.ts";

const { aiwatch, sample } = createTestAiwatch();

/** The readings that the board keeps, before anybody reads them. */
let watched = 0;
const { watch } = hostOf(aiwatch).models;
hostOf(aiwatch).models.watch = (...args) => {
  const unwatch = watch.apply(hostOf(aiwatch).models, args);
  watched += 1;
  return () => {
    watched -= 1;
    unwatch();
  };
};

/** A function of its own: its closure holds nothing of the session. */
function startTimer(): void {
  setInterval(() => {}, 60_000).unref();
}

async function use() {
  const context = await tinyContext();
  const sequence = context.getSequence();
  const session = instrumentModel(new LlamaChatSession({ contextSequence: sequence }), { aiwatch });
  await session.prompt("Tell me about the local model", { maxTokens: 2, onToken: () => startTimer() });
  return [session, sequence, context].map((target) => new WeakRef(target));
}

const references = await use();
for (let turn = 0; turn < 10; turn++) {
  await setImmediate();
  globalThis.gc?.();
}
const held = references.filter((reference) => reference.deref() !== undefined).length;
const kept = watched;
const size = await sample("genai_app_llamacpp_context_size", { model: "tiny-chat" });
process.stdout.write(`${held} ${kept} ${size}`);
