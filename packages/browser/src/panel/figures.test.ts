import fc from "fast-check";
import { expect, it, test } from "vitest";
import { count, duration, durationParts, percent, size, span } from "./figures.ts";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };

it("writes a duration that is the number, to half of its last digit", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 3_600_000, noNaN: true }), (ms) => {
      const [text, unit] = durationParts(ms);
      const [whole = "", fraction = ""] = text.split(".");
      const shown = Number(text.replaceAll(",", "")) * (unitMs[unit] ?? Number.NaN);
      const digits = unit === "ms" && ms < 9.95 ? 1 : unit === "min" ? 1 : fraction.length;
      expect(whole).not.toBe("");
      expect(Math.abs(shown - ms)).toBeLessThanOrEqual((unitMs[unit] ?? 0) * 0.5 * 10 ** -digits + 1e-6);
    }),
  );
});

test.each([
  [0, "0 ms"],
  [1.24, "1.2 ms"],
  [9.96, "10 ms"],
  [418, "418 ms"],
  [999.6, "1.00 s"],
  [4523, "4.52 s"],
  [9996, "10.0 s"],
  [119_000, "119.0 s"],
  [150_000, "2.5 min"],
  [Number.NaN, "–"],
  [undefined, "–"],
  [null, "–"],
])("a duration of %s is %s", (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, "0 s"],
  [42.4, "42 s"],
  [1260, "21 min"],
  [7300, "2 h"],
  [400_000, "5 days"],
])("%s s ago is %s", (seconds, text) => {
  expect(span(seconds)).toBe(text);
});

it("writes what is not known as a dash, and 0 as 0", () => {
  expect([count(undefined), count(null), count(Number.POSITIVE_INFINITY), percent(undefined), size(null)]).toEqual(
    Array(5).fill("–"),
  );
  expect([count(0), percent(0), size(0)]).toEqual(["0", "0 %", "0 MiB"]);
  expect([
    count(18_204),
    count(47.24, 1),
    percent(0.056),
    percent(0.95),
    size(35_669_504),
    size(4_920_000_000),
  ]).toEqual(["18,204", "47.2", "5.6 %", "95 %", "34 MiB", "4.6 GiB"]);
});
