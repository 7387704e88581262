import { expect, test } from "vitest";
import { WholeText } from "./whole-text.ts";

/** Reads a text in chunks as a network has them. */
function read(text: string): WholeText {
  const whole = new WholeText();
  const bytes = new Uint8Array(Buffer.from(text));
  for (let from = 0; from < bytes.length; from += 65_000) whole.read(bytes.subarray(from, from + 65_000));
  return whole;
}

const numbers = Array.from({ length: 200_000 }, (_, index) => index / 7);
const usage = { prompt_tokens: 4, total_tokens: 4, prompt_tokens_details: { cached_tokens: 1 } };

test("a short answer is its value", () => {
  expect(read('{"model":"ž"}').json()).toEqual({ model: "ž" });
  expect(read("<html>").json()).toBeUndefined();
  expect(read("").isEmpty).toBe(true);
});

test.each([
  ["before", { model: "e", usage, data: [{ embedding: numbers }] }],
  ["behind", { data: [{ embedding: numbers }], model: "e", usage }],
])("figures %s much else are found", (_where, answer) => {
  expect(read(JSON.stringify(answer)).json()).toEqual({ model: "e", usage });
});

test("what a text says looks like no figure", () => {
  const content = `${"x".repeat(300_000)}"usage":{"prompt_tokens":99} \\"model":"evil"`;
  const answer = { choices: [{ message: { content }, finish_reason: "length" }], usage, model: "m" };
  expect(read(JSON.stringify(answer)).json()).toEqual({ model: "m", usage, choices: [{ finish_reason: "length" }] });
});

test("what is long and no JSON has no value", () => {
  expect(read(`<html>${"x".repeat(300_000)}"model":"m"`).json()).toBeUndefined();
});
