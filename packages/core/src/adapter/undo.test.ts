import { expect, test } from "vitest";
import { HeldOnce, undoAll } from "./undo.ts";

test("what several hold is made once, and undone when the last one releases it", () => {
  const held = new HeldOnce<object, string>();
  const key = {};
  const log: string[] = [];
  const make = () => {
    log.push("made");
    return { value: "value", undo: () => void log.push("undone") };
  };
  const [first, second] = [held.hold(key, make), held.hold(key, make)];
  expect([first.value, second.value, held.get(key), log]).toEqual(["value", "value", "value", ["made"]]);
  first.release();
  first.release();
  expect(log).toEqual(["made"]);
  second.release();
  expect([held.get(key), log]).toEqual([undefined, ["made", "undone"]]);
  held.hold(key, make);
  expect(log).toEqual(["made", "undone", "made"]);
});

test("undos run from the last to the first, once", () => {
  const log: number[] = [];
  const undos = [1, 2].map((each) => () => void log.push(each));
  undoAll(undos);
  undoAll(undos);
  expect(log).toEqual([2, 1]);
});
