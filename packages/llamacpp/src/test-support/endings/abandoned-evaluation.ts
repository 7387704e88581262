/**
 * Run as a process of its own with `--expose-gc`: on a bare and on an observed sequence, a generator is begun and dropped, another one is
 * dropped before it was begun, and a third evaluation follows. Writes what each run saw, and the records and spans.
 */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { recordSpans } from "@aiwatch/testkit";
import type { LlamaContextSequence } from "node-llama-cpp";
import { prompt, sampling } from "./ending.ts";
import { Stage, type Way } from "./stage.ts";

const { spans } = recordSpans();
const { aiwatch, inferences, diagnostics, sample } = createTestAiwatch();

/** Functions of their own: their frames hold the generators no longer than they run. */
async function abandon(sequence: LlamaContextSequence): Promise<unknown[]> {
  const generator = sequence.evaluate(sequence.model.tokenize(prompt), sampling);
  const yielded: unknown[] = [];
  for (let count = 0; count < 3; count++) yielded.push((await generator.next()).value);
  return yielded;
}

function neverBegin(sequence: LlamaContextSequence): void {
  sequence.evaluate(sequence.model.tokenize(prompt), sampling);
}

async function collect(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate();
    globalThis.gc?.();
  }
}

async function run(way: Way) {
  const stage = new Stage(way, aiwatch, "chat");
  const sequence = await stage.sequence();
  neverBegin(sequence);
  const yielded = await abandon(sequence);
  await collect();
  const recordsThen = inferences.length;
  for await (const token of sequence.evaluate(sequence.model.tokenize(prompt), sampling)) {
    yielded.push(token);
    break;
  }
  const { contextTokens } = sequence;
  return { recordsThen, seen: { yielded, contextTokens }, left: await stage.strike() };
}

const bare = await run("bare");
const observed = await run("sequence");
const active = await sample("genai_app_active_inferences", { model: "tiny-chat" });
const names = spans().map(({ name }) => name);
process.stdout.write(JSON.stringify({ bare, observed, inferences, diagnostics, spans: names, active }));
