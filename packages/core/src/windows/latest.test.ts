import fc from "fast-check";
import { expect, it } from "vitest";
import { Latest } from "./latest.ts";

const key = fc.integer({ min: 0, max: 12 }).map(String);
const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ name: key, isSet: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ name: key, isSet: fc.constant(false) }) },
);
const acts = fc.array(act, { maxLength: 80, size: "max" });
const least = fc.integer({ min: 1, max: 5 });

/** Does all of it, and the same to a map in which the last one is the one that was set last. */
function played(given: readonly { name: string; isSet: boolean }[], kept: number) {
  const latest = new Latest<number>(kept);
  const all = new Map<string, number>();
  let most = 0;
  for (const [at, { name, isSet }] of given.entries()) {
    all.delete(name);
    if (isSet) all.set(name, at);
    if (isSet) latest.set(name, at);
    else latest.delete(name);
    most = Math.max(most, latest.size);
  }
  return { latest, all, most };
}

it("has what was set last, and never twice as much as it has to", () => {
  const sets = acts.map((given) => given.filter(({ isSet }) => isSet));
  fc.assert(
    fc.property(sets, least, (given, kept) => {
      const { latest, all, most } = played(given, kept);
      for (const [name, value] of [...all].slice(-kept)) expect(latest.get(name)).toBe(value);
      expect(most).toBeLessThan(2 * kept);
    }),
  );
});

it("has nothing that was deleted, and of each key the last value", () => {
  fc.assert(
    fc.property(acts, least, (given, kept) => {
      const { latest, all } = played(given, kept);
      for (const { name } of given) expect([all.get(name), undefined]).toContain(latest.get(name));
    }),
  );
});

it("is empty once it is cleared", () => {
  const latest = new Latest<string>(2);
  for (const name of ["a", "b", "c"]) latest.set(name, name);
  latest.clear();
  expect([latest.size, latest.get("a"), latest.get("c")]).toEqual([0, undefined, undefined]);
});
