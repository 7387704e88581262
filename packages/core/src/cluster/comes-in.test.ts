import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { comesIn } from "./comes-in.ts";

it("is undefined for what does not come, without a word where a timer fires a little early", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error) => warnings.push(warning);
  process.on("warning", hear);
  const never = new Promise<string>(() => {});
  const waits: Promise<string | undefined>[] = [];
  for (let nth = 0; nth < 300; nth += 1) {
    waits.push(comesIn(never, 5));
    await turn();
  }
  expect(new Set(await Promise.all(waits))).toEqual(new Set([undefined]));
  await turn();
  process.off("warning", hear);
  expect(warnings).toEqual([]);
});

it("is what comes in time", async () => {
  expect(await comesIn(Promise.resolve("here"), 1000)).toBe("here");
});
