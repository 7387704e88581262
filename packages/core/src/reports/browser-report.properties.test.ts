import { it } from "vitest";
import { playBatches } from "./test-support/fuzzed-batches.ts";

it("a thousand batches that may be anything forge nothing, fail nothing and leave nothing unbounded", async () => {
  await playBatches(1000);
});
