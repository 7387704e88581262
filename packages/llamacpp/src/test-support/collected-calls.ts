/**
 * Run as a process of its own with `--expose-gc`: writes how calls ended whose sequence was collected before anybody settled them, and whether a
 * sequence that lives on holds those that were settled.
 */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel } from "../instrument-model.ts";
import { contextActivityOf } from "../readings/context-activity.ts";
import { hostOf } from "./host.ts";
import { UnsettledSequence, unsettledCalls } from "./unsettled-engine.ts";

const { aiwatch, inferences } = createTestAiwatch();
const host = hostOf(aiwatch);
const observe = (target: object) => void instrumentModel(target as Instrumentable, { aiwatch, model: "tiny" });

/** Lives on, as an app's context does. */
const context = {};

function call(kind: string): WeakRef<object> {
  const sequence = new UnsettledSequence(context);
  void unsettledCalls[kind]?.(sequence, observe)();
  // the engine decodes a batch with its tokens
  sequence.tokenMeter.useTokens(3, "input");
  return new WeakRef(sequence);
}

const left = ["a prompt", "a prompt of a model that thinks", "a completion", "an evaluation that generates nothing"];
const references = left.map(call);
const evaluating = contextActivityOf(context).running;
await collect();
const { activeInferences: active, queuedInferences: queued } = host.models.read().get("tiny") ?? {};
const types = inferences.map(({ failure }) => failure?.type);

const issued: WeakRef<object>[] = [];
const issue = host.issueInference.bind(host);
host.issueInference = (start) => {
  const inference = issue(start);
  issued.push(new WeakRef(inference));
  return inference;
};
const longLived = new UnsettledSequence(context);
const answer = unsettledCalls["a prompt"]?.(longLived, observe);
for (let count = 0; count < 3; count++) {
  const answered = answer?.();
  longLived.calls.at(-1)?.settle({});
  await answered;
}
longLived.calls.length = 0;
await collect();

process.stdout.write(
  JSON.stringify({
    held: alive(references),
    types,
    active,
    queued,
    evaluating: [evaluating, contextActivityOf(context).running],
    settled: { issued: issued.length, held: alive(issued), disposed: longLived.disposed },
  }),
);

function alive(objects: readonly WeakRef<object>[]): number {
  return objects.filter((reference) => reference.deref() !== undefined).length;
}

/** What hears of a collection is called back some turns after it. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate();
    globalThis.gc?.();
  }
}
