import { expect, it } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { inTurns } from "./time.ts";

/** Ten steps of `stepMs` each, and after which of them the event loop had a turn. */
async function turnsOf(stepMs: number): Promise<number[]> {
  const clock = fakeClock();
  const turns: number[] = [];
  let done = 0;
  const look = () => {
    if (turns.at(-1) !== done) turns.push(done);
    if (done < 10) setImmediate(look);
  };
  setImmediate(look);
  function* work() {
    for (; done < 10; done += 1) {
      clock.advance(stepMs);
      yield;
    }
    return "done";
  }
  expect(await inTurns(work(), clock)).toBe("done");
  return turns.filter((steps) => steps < 10);
}

it("gives the event loop a turn whenever the budget is used up", async () => {
  expect(await turnsOf(2)).toEqual([2, 5, 8]);
  expect(await turnsOf(50)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it("does short work in one turn", async () => {
  expect(await turnsOf(0.1)).toEqual([]);
});
