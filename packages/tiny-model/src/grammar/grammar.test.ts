import { describe, expect, it } from "vitest";
import { markovChain } from "./chain.ts";
import { elsewhere, end, grammar } from "./grammar.ts";

const classes = grammar(0.2);

describe("grammar", () => {
  it("has no word in two classes: the last word tells the state", () => {
    const words = Object.values(classes).flatMap((from) => from.words);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it("has no word that would be another without its space, a capital at the start apart", () => {
    const words = Object.values(classes).flatMap((from) => from.words);
    const bareWords = words.filter((word) => !word.startsWith(" "));
    expect(bareWords.filter((word) => words.includes(` ${word}`))).toEqual([]);
  });

  it("leads from every class to classes that exist, and reaches all", () => {
    const reached = new Set([elsewhere, "newline"]);
    for (const name of reached) for (const next of Object.keys(classes[name]?.next ?? {})) reached.add(next);
    reached.delete(end);
    expect([...reached].sort()).toEqual(Object.keys(classes).sort());
  });

  it("comes to a full stop from everywhere, without a loop", () => {
    const longest = (name: string, seen: readonly string[]): number => {
      expect(seen).not.toContain(name);
      if (name === "stop") return 0;
      return 1 + Math.max(...Object.keys(classes[name]!.next).map((next) => longest(next, [...seen, name])));
    };
    expect(longest("newline", [])).toBeLessThan(40);
  });
});

describe("markovChain", () => {
  it.each([0, 0.2])("spreads probabilities that add up to one, ending with %d", (endProbability) => {
    const chain = markovChain(endProbability);
    for (const { next } of chain) {
      const total = [...next.words.values()].reduce((sum, probability) => sum + probability, next.end);
      expect(total).toBeCloseTo(1);
    }
    expect(Math.max(...chain.map(({ next }) => next.end))).toBeCloseTo(endProbability);
  });

  it("ends rather than begins any one sentence, or greedy decoding would never stop", () => {
    const stop = markovChain(0.2).find(({ next }) => next.end > 0);
    expect(Math.max(...stop!.next.words.values())).toBeLessThan(stop!.next.end);
  });
});
