import { failingSeeds } from "./failing-seeds.ts";

/** Imported before the demo: its engine breaks down under the answers of two seeds, and under no other. The demo knows nothing of it. */

/** Some text was read by then, and no answer is as short. */
const tokensBefore = 5;

type Evaluate = (tokens: unknown, metadata: unknown, options?: { readonly seed?: number }) => AsyncGenerator<unknown>;

/** node-llama-cpp tries its binary out in a process of its own, which must not import it before. */
if (process.env["TEST_BINDING_CP"] !== "true") {
  const { LlamaContextSequence } = await import("node-llama-cpp");
  const sequence = LlamaContextSequence.prototype as unknown as { evaluateWithMetadata: Evaluate };
  const { evaluateWithMetadata } = sequence;
  sequence.evaluateWithMetadata = function (tokens, metadata, options) {
    const evaluation = evaluateWithMetadata.call(this, tokens, metadata, options);
    if (options?.seed === failingSeeds.beforeText) return breakingDown(evaluation, 0);
    if (options?.seed === failingSeeds.inText) return breakingDown(evaluation, tokensBefore);
    return evaluation;
  };
}

async function* breakingDown(evaluation: AsyncGenerator<unknown>, tokens: number) {
  let left = tokens;
  for await (const token of evaluation) {
    if (left === 0) throw new Error("the engine broke down");
    left -= 1;
    yield token;
  }
  throw new Error("the answer was too short to be broken off");
}
