import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, expect, it, vi } from "vitest";
import { afterTurn, runDue } from "./after-turn.ts";

const putOff = (action: () => void) => afterTurn({ notify: action }, true);

afterEach(() => {
  runDue();
  vi.useRealTimers();
});

it("runs what was put off when the turn is over, in order and once", async () => {
  const ran: number[] = [];
  for (const n of [1, 2, 3]) putOff(() => ran.push(n));
  await Promise.resolve();
  expect(ran).toEqual([]);
  await nextTurn();
  runDue();
  expect(ran).toEqual([1, 2, 3]);
});

it("runs each in the asynchronous context that it was put off in", async () => {
  const store = new AsyncLocalStorage<string>();
  const seen: unknown[] = [];
  const look = () => seen.push(store.getStore());
  for (const name of ["first", "second"]) store.run(name, () => putOff(look));
  putOff(look);
  store.run("whoever reads", runDue);
  expect(seen).toEqual(["first", "second", undefined]);
});

it("leaves nothing for later where an action asks for what is due", () => {
  const ran: string[] = [];
  putOff(() => {
    runDue();
    ran.push("first, after the others");
  });
  putOff(() => ran.push("second"));
  putOff(() => ran.push("third"));
  runDue();
  expect(ran).toEqual(["second", "third", "first, after the others"]);
});

it("is no part of a test's fake timers", async () => {
  vi.useFakeTimers({ toFake: ["setImmediate"] });
  let ran = false;
  putOff(() => {
    ran = true;
  });
  vi.useRealTimers();
  await nextTurn();
  expect(ran).toBe(true);
});
