import { expect, it } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { Recent, recentMs } from "./recent.ts";

function setUp(ageMs?: number) {
  const clock = fakeClock(1000);
  const gathered: { resolve: (value: number) => void; reject: (error: Error) => void }[] = [];
  const recent = new Recent(
    clock,
    () => new Promise<number>((resolve, reject) => gathered.push({ resolve, reject })),
    ageMs,
  );
  return { clock, gathered, recent };
}

it("gathers once in a second, whoever reads", async () => {
  const { clock, gathered, recent } = setUp();
  const first = [recent.read(), recent.read()];
  gathered[0]!.resolve(1);
  expect(await Promise.all(first)).toEqual([1, 1]);
  clock.advance(recentMs - 1);
  expect([await recent.read(), gathered.length]).toEqual([1, 1]);
  clock.advance(1);
  const second = recent.read();
  gathered[1]!.resolve(2);
  expect([await second, gathered.length]).toEqual([2, 2]);
});

it("gathers no second time while it gathers, however long that takes", async () => {
  const { clock, gathered, recent } = setUp();
  const first = recent.read();
  clock.advance(10 * recentMs);
  const second = recent.read();
  expect(gathered).toHaveLength(1);
  gathered[0]!.resolve(1);
  expect(await Promise.all([first, second])).toEqual([1, 1]);
});

it("gathers again after a failure", async () => {
  const { gathered, recent } = setUp();
  const first = recent.read();
  gathered[0]!.reject(new Error("silent"));
  await expect(first).rejects.toThrow("silent");
  const second = recent.read();
  gathered[1]!.resolve(2);
  expect(await second).toBe(2);
});

it("is given to those alone who ask meanwhile, where it may not grow old", async () => {
  const { gathered, recent } = setUp(0);
  const first = [recent.read(), recent.read()];
  gathered[0]!.resolve(1);
  expect(await Promise.all(first)).toEqual([1, 1]);
  const second = recent.read();
  gathered[1]!.resolve(2);
  expect([await second, gathered.length]).toEqual([2, 2]);
});
