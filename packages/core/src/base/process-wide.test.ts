import { expect, it, vi } from "vitest";
import { processWide } from "./process-wide.ts";

interface Counter {
  count: number;
}

const make = (): Counter => ({ count: 0 });

it("one shape is one value, made when it is asked for first", () => {
  const makes = vi.fn(make);
  const here = processWide("test/one-shape", 1, makes);
  const there = processWide("test/one-shape", 1, makes);
  expect(makes).not.toHaveBeenCalled();
  here().count += 1;
  expect(there().count).toBe(1);
  expect(there()).toBe(here());
  expect(makes).toHaveBeenCalledTimes(1);
});

it("a copy of another shape has a value of its own", () => {
  const before = processWide("test/two-shapes", 1, make);
  const after = processWide("test/two-shapes", "2-ab", make);
  before().count += 1;
  expect(after().count).toBe(0);
});

it("what is `undefined` is made once, too", () => {
  const makes = vi.fn(() => undefined);
  const slot = processWide("test/undefined", 1, makes);
  expect([slot(), slot()]).toEqual([undefined, undefined]);
  expect(makes).toHaveBeenCalledTimes(1);
});
