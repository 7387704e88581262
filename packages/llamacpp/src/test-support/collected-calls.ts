/** Run as a process of its own with `--expose-gc`: writes how calls ended whose sequence was collected before anybody settled them. */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel } from "../instrument-model.ts";
import { contextActivityOf } from "../readings/context-activity.ts";
import { hostOf } from "./host.ts";
import { UnsettledSequence, unsettledCalls } from "./unsettled-engine.ts";

const { aiwatch, inferences } = createTestAiwatch();

/** Lives on, as an app's context does. */
const context = {};

function call(kind: string): WeakRef<object> {
  const sequence = new UnsettledSequence(context);
  const observe = (target: object) => void instrumentModel(target as Instrumentable, { aiwatch, model: "tiny" });
  void unsettledCalls[kind]?.(sequence, observe)();
  // the engine decodes a batch with its tokens
  sequence.tokenMeter.useTokens(3, "input");
  return new WeakRef(sequence);
}

const references = ["a prompt", "a completion", "an evaluation that generates nothing"].map(call);
const evaluating = contextActivityOf(context).running;
for (let turn = 0; turn < 10; turn++) {
  await setImmediate();
  globalThis.gc?.();
}
const { activeInferences: active, queuedInferences: queued } = hostOf(aiwatch).models.read().get("tiny") ?? {};
const held = references.filter((reference) => reference.deref() !== undefined).length;
const types = inferences.map(({ failure }) => failure?.type);
process.stdout.write(
  JSON.stringify({ held, types, active, queued, evaluating: [evaluating, contextActivityOf(context).running] }),
);
