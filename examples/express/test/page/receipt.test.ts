import { expect, test } from "vitest";
import { stretchesOf } from "../../src/page/receipt.js";

const none = { before: 0, line: 0, queue: 0, prompt: 0, decode: 0, tool: 0 };
const inside = { ...none, before: 2, line: 51, queue: 4, prompt: 400, decode: 11_000 };
const sum = (stretches: readonly { readonly ms: number }[]) => stretches.reduce((all, { ms }) => all + ms, 0);

test("the stretches of an answer are in their order, and add up to what its reader's clock says", () => {
  const stretches = stretchesOf({ firstTextMs: 480, totalMs: 11_500 }, { ms: inside, firstTokenMs: 457 });
  expect(stretches).toEqual([
    { phase: "outside", ms: 23 },
    { phase: "before", ms: 2 },
    { phase: "line", ms: 51 },
    { phase: "queue", ms: 4 },
    { phase: "prompt", ms: 400 },
    { phase: "decode", ms: 11_000 },
    { phase: "outside", ms: 20 },
  ]);
  expect(sum(stretches)).toBe(11_500);
});

test("without a first text, all that the server did not see is before it", () => {
  expect(stretchesOf({ firstTextMs: undefined, totalMs: 80 }, { ms: { ...none, line: 60 } })).toEqual([
    { phase: "outside", ms: 20 },
    { phase: "line", ms: 60 },
  ]);
});

test("nothing is taken from the server's part where it saw more of an answer than its reader", () => {
  expect(stretchesOf({ firstTextMs: 90, totalMs: 100 }, { ms: { ...none, decode: 130 }, firstTokenMs: 95 })).toEqual([
    { phase: "decode", ms: 130 },
  ]);
});
