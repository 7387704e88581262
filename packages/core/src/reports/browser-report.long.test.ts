import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { playBatches } from "./test-support/fuzzed-batches.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

it("a hundred thousand batches that may be anything do no more, and memory stays", async () => {
  await playBatches(20_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  await playBatches(100_000);
  collect();
  expect((process.memoryUsage().heapUsed - before) / 2 ** 20).toBeLessThan(20);
}, 1_200_000);
