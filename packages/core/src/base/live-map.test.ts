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

function take(map: LiveMap<object, number> | Map<object, number>, { kind, key, value }: Step): void {
  if (kind === "set") map.set(key, value);
  else if (kind === "delete") map.delete(key);
  else map.clear();
}

describe("LiveMap", () => {
  it("holds what a Map holds, in its order", () => {
    let most = 0;
    const holdsTheSame = (steps: readonly Step[]) => {
      const [live, map] = [new LiveMap<object, number>(), new Map<object, number>()];
      for (const step of steps) {
        take(live, step);
        take(map, step);
        expect([live.size, live.get(step.key)]).toEqual([map.size, map.get(step.key)]);
        most = Math.max(most, map.size);
      }
      expect([...live]).toEqual([...map]);
      expect([...live.clear()]).toEqual([...map]);
      expect(live.size).toBe(0);
    };
    fc.assert(fc.property(fc.array(aStep, { maxLength: 400, size: "max" }), holdsTheSame), { numRuns: 60 });
    expect(most, "of those that are found by a Map").toBeGreaterThan(64);
  });
});
