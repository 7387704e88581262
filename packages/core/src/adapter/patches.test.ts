import { expect, test } from "vitest";
import { patchMethod, patchMethods } from "./patches.ts";

class Engine {
  #value = 1;
  read(add: number): number {
    return this.#value + add;
  }
}

const double = (engine: Engine) =>
  patchMethod(engine, "read", (original) => {
    return function (...args) {
      return Number(Reflect.apply(original, this, args)) * 2;
    };
  });

test("it is the object's own and hidden, and `this`, name and length stay", () => {
  const engine = new Engine();
  double(engine);
  expect(engine.read(2)).toBe(6);
  expect(Object.keys(engine)).toEqual([]);
  expect([engine.read.name, engine.read.length]).toEqual(["read", 1]);
  expect(new Engine().read(2)).toBe(3);
});

test("undone, the object has what it had", () => {
  const engine = new Engine();
  const undo = double(engine);
  undo();
  undo();
  expect(Object.hasOwn(engine, "read")).toBe(false);
  const own = Object.assign(new Engine(), { read: () => 40 });
  const before = Object.getOwnPropertyDescriptors(own);
  double(own)();
  expect(Object.getOwnPropertyDescriptors(own)).toEqual(before);
});

test("an own method that enumeration shows is still shown", () => {
  const own = Object.assign(new Engine(), { read: () => 40 });
  double(own);
  expect([own.read(), Object.keys(own)]).toEqual([80, ["read"]]);
});

test("undone under somebody else's patch, ours only passes calls on", () => {
  const engine = new Engine();
  const undo = double(engine);
  const ours = engine.read;
  engine.read = (add) => ours.call(engine, add) + 100;
  undo();
  expect(engine.read(2)).toBe(103);
});

test("a borrowed method is not ours to observe", () => {
  const engine = new Engine();
  double(engine);
  expect(engine.read.call(new Engine(), 2)).toBe(3);
});

test("a method that is not there stays away", () => {
  const engine = new Engine();
  patchMethod(engine, "later", (original) => original)();
  expect("later" in engine).toBe(false);
});

test("where one of several cannot be patched, none is", () => {
  const engine = new Engine();
  Object.defineProperty(engine, "fixed", { value: () => 1 });
  const same = { read: double, fixed: double };
  const wraps = Object.fromEntries(Object.keys(same).map((name) => [name, () => () => 0]));
  expect(() => patchMethods(engine, wraps)).toThrow(TypeError);
  expect(engine.read(2)).toBe(3);
  expect(Object.hasOwn(engine, "read")).toBe(false);
});
