import { expect, it } from "vitest";
import { expectNothingLeft } from "./test-support/storm.ts";

it.each([1, 2, 3])(
  "a hundred readers for a minute, those that take nothing are cut (seed %i)",
  { timeout: 180_000 },
  async (seed) => {
    const { cut } = await expectNothingLeft(99, 60, seed);
    expect(cut).toBe(33);
  },
);
