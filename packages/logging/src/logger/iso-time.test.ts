import { stdTimeFunctions } from "pino";
import { afterEach, expect, it, vi } from "vitest";
import { isoTime } from "./iso-time.ts";

afterEach(() => {
  vi.useRealTimers();
});

it("says what pino's own says, at the turn of a second, a day and a year, and where the clock is set back", () => {
  vi.useFakeTimers();
  for (const moment of [0, 7, 45, 999, 1000, 1_795_448_481_507, 1_798_761_599_999, 1_798_761_600_000, 12]) {
    vi.setSystemTime(moment);
    expect(isoTime()).toBe(stdTimeFunctions.isoTime());
  }
});
