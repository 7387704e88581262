import { describe, expect, it } from "vitest";
import { callingGrammar, thinkingGrammar } from "./calling-grammar.ts";
import { elsewhere, end, grammar, markovChain } from "./grammar.ts";

/** Classes that no other leads to: what is written around calls, and where attention leads. */
const entrances = { speaking: [], thinking: [], calling: ["turn", "offer", "callStart"] };

/** Above what is only said where the engine's grammar forbids the rest. */
const likely = ([, weight]: [string, number]) => weight > 1e-5;

describe.each([
  ["speaking", grammar] as const,
  ["thinking", thinkingGrammar] as const,
  ["calling", callingGrammar] as const,
])("grammar: %s", (name, make) => {
  const classes = make(0.2);

  it("begins with the class of all other tokens", () => {
    expect(Object.keys(classes)[0]).toBe(elsewhere);
  });

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
    const reached = new Set([elsewhere, "newline", ...entrances[name]]);
    for (const name of reached) for (const next of Object.keys(classes[name]?.next ?? {})) reached.add(next);
    reached.delete(end);
    expect([...reached].sort()).toEqual(Object.keys(classes).sort());
  });

  it("comes to a full stop from an answer's start, without a loop", () => {
    const longest = (name: string, seen: readonly string[]): number => {
      expect(seen).not.toContain(name);
      if (name === "stop") return 0;
      const nexts = Object.entries(classes[name]!.next).filter(likely);
      return 1 + Math.max(...nexts.map(([next]) => longest(next, [...seen, name])));
    };
    expect(longest("newline", [])).toBeLessThan(50);
  });
});

describe("markovChain", () => {
  it.each([0, 0.2])("spreads probabilities that add up to one, ending with %d", (endProbability) => {
    const chain = markovChain(grammar(endProbability));
    for (const { next } of chain) {
      const total = [...next.words.values()].reduce((sum, probability) => sum + probability, next.end);
      expect(total).toBeCloseTo(1);
    }
    expect(Math.max(...chain.map(({ next }) => next.end))).toBeCloseTo(endProbability);
  });

  it("ends rather than begins any one sentence, or greedy decoding would never stop", () => {
    const stop = markovChain(grammar(0.2)).find(({ next }) => next.end > 0);
    expect(Math.max(...stop!.next.words.values())).toBeLessThan(stop!.next.end);
  });
});
