import { createTestAiwatch } from "@aiwatch/core/testing";
import { expect, test } from "vitest";
import { instrumentModel } from "../instrument-model.ts";
import { tinyContext } from "../test-support/engine.ts";

test.each([253, 254, 255])(
  "an evaluation on a context with %i of 256 tokens knows its time in the queue",
  async (fill) => {
    const context = await tinyContext({ contextSize: 256 }, "endless");
    const { aiwatch, inferences } = createTestAiwatch();
    instrumentModel(context, { aiwatch });
    const sequence = context.getSequence();
    const words = sequence.model.tokenize("the local model ".repeat(200));
    await sequence.evaluateWithoutGeneratingNewTokens(words.slice(0, fill));
    let left = 5;
    for await (const _token of sequence.evaluate(words.slice(0, 20))) if (--left === 0) break;
    expect(inferences[1]).toMatchObject({ outputTokens: 5, contextShifts: expect.any(Number) });
    const { queueMs, promptEvalMs, firstTokenMs } = inferences[1]!;
    expect(queueMs! + promptEvalMs!).toBeCloseTo(firstTokenMs!, 6);
    await context.dispose();
  },
);
