import { expect, it } from "vitest";
import { encodeHalf } from "./byte-writer.ts";

/** The value of a half, by the definition. */
function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

it("gives back every half", () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = decodeHalf(bits);
    if (!Number.isNaN(value)) expect(encodeHalf(value)).toBe(bits);
    else expect(decodeHalf(encodeHalf(value))).toBeNaN();
  }
});

it("takes the nearer neighbour, and the even one from the middle", () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [decodeHalf(bits), decodeHalf(bits + 1)];
    expect(encodeHalf(low + (high - low) * 0.5)).toBe(bits % 2 === 0 ? bits : bits + 1);
    expect(encodeHalf(low + (high - low) * 0.49)).toBe(bits);
    expect(encodeHalf(low + (high - low) * 0.51)).toBe(bits + 1);
  }
});

it("overflows to infinity and underflows to zero", () => {
  expect(encodeHalf(65_520)).toBe(0x7c00);
  expect(encodeHalf(-1e9)).toBe(0xfc00);
  expect(encodeHalf(65_519)).toBe(0x7bff);
  expect(encodeHalf(1e-9)).toBe(0);
});
