import { expect, it } from "vitest";
import { load } from "./test-support/tiny-models.ts";

it("ranks by how much of a document the query names", async () => {
  await using loaded = await load({ variant: "ranking" });
  const context = await loaded.model.createRankingContext({ threads: 1 });
  const best = "The model keeps every token in memory";
  const some = "A computer with much memory, in a small house near the old school";
  const none = "The weather in Paris is nice";
  const unknown = "zzz";
  const ranked = await context.rankAndSort("Where does the model keep tokens in memory?", [none, unknown, best, some]);
  expect(ranked.slice(0, 2).map(({ document }) => document)).toEqual([best, some]);
  const [first, second, ...others] = ranked.map(({ score }) => score);
  expect(first).toBeGreaterThan(0.9);
  expect(second).toBeLessThan(0.9);
  for (const score of others) expect(score).toBeLessThan(0.1);
});

it("does not take a document's repetitions for matches", async () => {
  await using loaded = await load({ variant: "ranking" });
  const context = await loaded.model.createRankingContext({ threads: 1 });
  expect(await context.rank("coffee", "bird bird bird bird")).toBeLessThan(0.1);
  expect(await context.rank("bird", "bird bird bird bird")).toBeGreaterThan(0.9);
});
