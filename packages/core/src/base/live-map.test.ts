import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveMap } from "./live-map.ts";

// more of them than are looked for one by one
const keys = Array.from({ length: 150 }, (_, name) => ({ name }));

interface Step {
  readonly kind: "set" | "delete" | "clear";
  readonly key: object;
  readonly value: number;
}

const aStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 60, arbitrary: fc.constant("set" as const) },
    { weight: 39, arbitrary: fc.constant("delete" as const) },
    { weight: 1, arbitrary: fc.constant("clear" as const) },
  ),
  key: fc.constantFrom(...keys),
  value: fc.nat(),
});

function take(live: LiveMap<object, number>, map: Map<object, number>, { kind, key, value }: Step): void {
  if (kind === "clear") {
    expect([...live.takeAll()]).toEqual([...map]);
    map.clear();
    return;
  }
  for (const each of [live, map]) {
    if (kind === "set") each.set(key, value);
    else each.delete(key);
  }
}

describe("LiveMap", () => {
  it("holds what a Map holds, in its order", () => {
    let most = 0;
    const holdsTheSame = (steps: readonly Step[]) => {
      const [live, map] = [new LiveMap<object, number>(), new Map<object, number>()];
      for (const step of steps) {
        take(live, map, step);
        expect([live.size, live.get(step.key)]).toEqual([map.size, map.get(step.key)]);
        most = Math.max(most, map.size);
      }
      expect([...live]).toEqual([...map]);
    };
    fc.assert(fc.property(fc.array(aStep, { maxLength: 400, size: "max" }), holdsTheSame), { numRuns: 60 });
    expect(most, "of those that are found by a Map").toBeGreaterThan(64);
  });

  it.each([10, 33, 150])("is read, with %d in it, while some leave and others come", (count) => {
    const [live, seen] = [new LiveMap<object, number>(), [] as number[]];
    const numbered = keys.slice(0, count);
    for (const [number, key] of numbered.entries()) live.set(key, number);
    for (const [key, number] of live) {
      seen.push(number);
      live.set({}, -1);
      live.delete(key);
      // the one after the next leaves before its turn
      if (number % 3 === 0) live.delete(numbered[number + 2] ?? {});
    }
    expect(seen).toEqual(numbered.map((_, number) => number).filter((number) => number % 3 !== 2));
    expect(live.size).toBe(seen.length);
  });
});
