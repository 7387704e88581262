import { expect, test } from "vitest";
import { runOnce } from "./context.ts";

const broken = new Error("the app's tracing");
const own = new Error("the action's own");

/** Runs what counts its runs in a handle that throws before it, after it, or never. */
function play(throws: "before" | "after" | "never", action: () => number) {
  const faults: unknown[] = [];
  let runs = 0;
  const handle = {
    run<Result>(inner: () => Result): Result {
      if (throws === "before") throw broken;
      const result = inner();
      if (throws === "after") throw broken;
      return result;
    },
  };
  const counted = () => {
    runs += 1;
    return action();
  };
  try {
    return {
      result: runOnce(
        (inside) => handle.run(inside),
        counted,
        (error) => faults.push(error),
      ),
      faults,
      runs,
    };
  } catch (error) {
    return { error, faults, runs };
  }
}

test.each([
  ["never", []],
  ["before", [new Error("thrown before the action")]],
  ["after", [new Error("thrown after the action")]],
] as const)("the action runs once and gives its result, where the handle throws: %s", (throws, faults) => {
  expect(play(throws, () => 5)).toEqual({ result: 5, faults, runs: 1 });
});

test.each([
  ["never", []],
  ["before", [new Error("thrown before the action")]],
] as const)("its own error is the caller's, where the handle throws: %s", (throws, faults) => {
  const fail = () => {
    throw own;
  };
  expect(play(throws, fail)).toEqual({ error: own, faults, runs: 1 });
});
