import { expect, it } from "vitest";
import { expectNothingLeft } from "./test-support/storm.ts";

it.each([1, 2, 3])(
  "a hundred readers for a minute, those that take nothing are cut (seed %i)",
  { timeout: 240_000 },
  async (seed) => {
    expect(await expectNothingLeft(100, 60, seed)).toBe(25);
  },
);
