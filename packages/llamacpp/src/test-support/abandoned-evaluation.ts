/** Run as a process of its own with `--expose-gc`: writes how an evaluation ended that was begun and then held by nobody. */
import { setImmediate } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "./engine.ts";

const { aiwatch, inferences } = createTestAiwatch();
const context = await tinyContext({}, "endless");
const sequence = instrumentModel(context.getSequence(), { aiwatch });

async function begin(): Promise<void> {
  const generator = sequence.evaluate(context.model.tokenize("the local model"));
  await generator.next();
  await generator.next();
}

await begin();
for (let turn = 0; turn < 10; turn++) {
  await setImmediate();
  globalThis.gc?.();
}
const ends = inferences.map(({ finishReason, outputTokens }) => ({ finishReason, outputTokens }));
process.stdout.write(JSON.stringify(ends));
await context.dispose();
