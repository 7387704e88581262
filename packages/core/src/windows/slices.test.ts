import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Slices, sliceMs, slicesInWindow } from "./slices.ts";

const numbered = (now = 0) => {
  let made = 0;
  const slices = new Slices(() => ({ number: made++, count: 0 }));
  slices.at(now);
  return slices;
};

describe("the slices of a window", () => {
  it("are of five seconds each, and the last sixty are kept", () => {
    const slices = numbered(1000);
    expect(slices.at(1000 + sliceMs - 1).number).toBe(0);
    expect(slices.at(1000 + sliceMs).number).toBe(1);
    expect(slices.at(1000 + 3 * sliceMs).number).toBe(3);
    expect(slices.window(1000 + 3 * sliceMs)).toHaveLength(4);
    const window = slices.window(1000 + slicesInWindow * sliceMs);
    expect([window.length, window[0]?.number, window.at(-1)?.number]).toEqual([slicesInWindow, 1, slicesInWindow]);
  });

  it("keep nothing of before a long rest, however long", () => {
    const slices = numbered();
    slices.at(0).count = 1;
    const window = slices.window(1e12);
    expect(window).toHaveLength(slicesInWindow);
    expect(window.every(({ count }) => count === 0)).toBe(true);
  });

  it("go on where the clock goes back, and where it fails", () => {
    const slices = numbered(1e6);
    const [first] = slices.window(1e6);
    expect([slices.at(Number.NaN), slices.at(0), slices.at(sliceMs - 1)]).toEqual([first, first, first]);
    expect(slices.at(sliceMs)).not.toBe(first);
    expect(slices.window(Number.POSITIVE_INFINITY).length).toBeLessThanOrEqual(slicesInWindow);
    expect(slices.at(2 * sliceMs)).toBe(slices.window(2 * sliceMs).at(-1));
  });

  it("begin by the first time that a failed clock tells", () => {
    const slices = numbered(Number.NaN);
    expect(slices.at(7000).number).toBe(0);
    expect(slices.at(7000 + sliceMs).number).toBe(1);
  });

  it("lose nothing of the window, and hold nothing of before it", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 200, size: "max" }), (waits) => {
        const slices = numbered();
        const moments: number[] = [];
        let now = 0;
        for (const wait of waits) {
          now += wait;
          moments.push(now);
          slices.at(now).count += 1;
        }
        const counted = slices.window(now).reduce((sum, { count }) => sum + count, 0);
        const current = Math.floor(now / sliceMs);
        const within = moments.filter((moment) => Math.floor(moment / sliceMs) > current - slicesInWindow);
        expect(counted).toBe(within.length);
      }),
    );
  });
});
