import { expect, test } from "vitest";
import { ThoughtCounter, type ThoughtMarks } from "./thought-counter.ts";

const count = (marks: ThoughtMarks, tokens: readonly number[]) => {
  const counter = new ThoughtCounter(marks);
  for (const token of tokens) counter.add({ token }.token);
  return counter.count;
};

const marks: ThoughtMarks = { prefix: [1, 1, 2], suffix: [3, 4], opensAtStart: false };

test.each([
  ["what is between the marks", [9, 1, 1, 2, 7, 8, 3, 4, 9, 9], 2],
  ["a mark that repeats itself, begun one token too early", [1, 1, 1, 2, 7, 3, 4], 1],
  ["the beginning of a mark that is none", [1, 1, 2, 3, 7, 3, 3, 4], 3],
  ["a thought that never ends", [1, 1, 2, 7, 8], 2],
  ["no thought", [1, 2, 1, 3, 4], 0],
])("%s", (_, tokens, expected) => {
  expect(count(marks, tokens)).toBe(expected);
});

test("a thought that the template opened", () => {
  expect(count({ ...marks, prefix: undefined, opensAtStart: true }, [7, 8, 3, 4, 9])).toBe(2);
});

test("what is certain while the tokens come never falls, and is all of it in the end", () => {
  const counter = new ThoughtCounter({ ...marks, suffix: [3, 4, 5] });
  const certain = [9, 1, 1, 2, 7, 3, 4, 7, 3, 4, 5, 9].map((token) => {
    counter.add(token);
    return counter.certain;
  });
  // "3 4" begins the mark twice: once it goes on otherwise and was thought, once it ends the thought
  expect(certain).toEqual([0, 0, 0, 0, 1, 1, 1, 4, 4, 4, 4, 4]);
  expect(counter.count).toBe(4);
});
