import { expect, test } from "vitest";
import { stretchesOf } from "../../src/page/receipt.js";

const none = { before: 0, line: 0, queue: 0, prompt: 0, decode: 0, tool: 0 };
const inside = { ...none, before: 2, line: 51, queue: 4, prompt: 400, decode: 11_000 };
const sum = (stretches: readonly { readonly ms: number }[]) => stretches.reduce((all, { ms }) => all + ms, 0);

test("the stretches of an answer are in their order, and add up to what its reader's clock says", () => {
  const { stretches, laterMs } = stretchesOf({ firstTextMs: 480, totalMs: 11_500 }, { ms: inside, firstTokenMs: 457 });
  expect(stretches).toEqual([
    { phase: "outside", ms: 23 },
    { phase: "before", ms: 2 },
    { phase: "line", ms: 51 },
    { phase: "queue", ms: 4 },
    { phase: "prompt", ms: 400 },
    { phase: "decode", ms: 11_000 },
    { phase: "outside", ms: 20 },
  ]);
  expect([sum(stretches), laterMs]).toEqual([11_500, 0]);
});

test("the app's part is where it was: before the model as much as the first token waited for it, the rest behind", () => {
  const { stretches } = stretchesOf(
    { firstTextMs: 480, totalMs: 11_520 },
    { ms: { ...inside, before: 11 }, firstTokenMs: 457 },
  );
  expect(stretches.map(({ phase, ms }) => `${phase} ${ms}`)).toEqual([
    ...["outside 23", "before 2", "line 51", "queue 4", "prompt 400", "decode 11000", "before 9", "outside 31"],
  ]);
  expect(sum(stretches)).toBe(11_520);
});

test("without a first text, all that the server did not see is before it", () => {
  expect(stretchesOf({ firstTextMs: undefined, totalMs: 80 }, { ms: { ...none, line: 60 } })).toEqual({
    stretches: [
      { phase: "outside", ms: 20 },
      { phase: "line", ms: 60 },
    ],
    laterMs: 0,
  });
});

test("who stops an answer has a total that the stretches add up to, and is told how much later the server's end was", () => {
  const stopped = { ...none, before: 3, line: 8710, queue: 3, prompt: 13, decode: 1191 };
  const { stretches, laterMs } = stretchesOf({ firstTextMs: 8750, totalMs: 9840 }, { ms: stopped, firstTokenMs: 8729 });
  expect([sum(stretches), laterMs]).toEqual([9840, 80]);
  expect(stretches.at(-1)).toEqual({ phase: "decode", ms: 1111 });
});
