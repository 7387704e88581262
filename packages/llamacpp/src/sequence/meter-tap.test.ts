import { expect, it } from "vitest";
import { MeterTap } from "./meter-tap.ts";

class Meter {
  used = 0;

  useTokens(tokens: number): void {
    this.used += tokens;
  }
}

function tapped() {
  const tokenMeter = new Meter();
  const heard: number[] = [];
  const tap = new MeterTap({ tokenMeter });
  return { tokenMeter, heard, tap, listen: () => tap.listen((tokens) => heard.push(tokens)) };
}

it("hears of tokens while somebody listens, and the meter counts all of them", () => {
  const { tokenMeter, heard, tap, listen } = tapped();
  for (const [act, tokens] of [
    [listen, 1],
    [() => tap.rest(), 2],
    [listen, 4],
    [listen, 8],
    [() => tap.rest(), 16],
    [() => tap.rest(), 32],
  ] as const) {
    act();
    tokenMeter.useTokens(tokens);
  }
  expect([heard, tokenMeter.used]).toEqual([[1, 4, 8], 63]);
  expect(Object.keys(tokenMeter)).toEqual(["used"]);
  tap.undo();
  expect(Object.hasOwn(tokenMeter, "useTokens")).toBe(false);
});

it.each([
  ["frozen", (meter: Meter) => Object.freeze(meter)],
  ["read-only", (meter: Meter) => Object.defineProperty(meter, "useTokens", { writable: false })],
])("throws nothing where the meter became %s while it was tapped", (_, change) => {
  const { tokenMeter, tap, listen } = tapped();
  listen();
  change(tokenMeter);
  expect(() => tap.rest()).not.toThrow();
  expect(listen).not.toThrow();
  expect(() => tap.undo()).not.toThrow();
});

it("leaves alone what somebody else puts there meanwhile", () => {
  const { tokenMeter, tap, listen } = tapped();
  listen();
  const theirs = () => {};
  tokenMeter.useTokens = theirs;
  tap.rest();
  listen();
  tap.undo();
  expect(tokenMeter.useTokens).toBe(theirs);
});
