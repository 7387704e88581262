import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, it } from "vitest";
import { longestTurn } from "./scrape-tasks.ts";

/** Takes CPU time, not wall time: the machine may be busy. */
function block(millis: number): void {
  const before = process.cpuUsage();
  let took = 0;
  while (took < millis) {
    const { user, system } = process.cpuUsage(before);
    took = (user + system) / 1000;
  }
}

it("is the longest turn, and not the sum of them", async () => {
  const longest = await longestTurn(async () => {
    for (let turn = 0; turn < 40; turn += 1) {
      block(turn === 1 ? 40 : 10);
      await nextTurn();
    }
  });
  // the first ones may be longer by what is compiled meanwhile; all together they take 430
  expect(longest).toBeGreaterThan(30);
  expect(longest).toBeLessThan(200);
});

it("counts the last turn, too", async () => {
  const longest = await longestTurn(async () => {
    await nextTurn();
    block(20);
  });
  expect(longest).toBeGreaterThan(15);
});

it("stops where the work fails", async () => {
  await expect(longestTurn(() => Promise.reject(new Error("no scrape")))).rejects.toThrow("no scrape");
});
