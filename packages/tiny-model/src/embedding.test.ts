import { expect, it } from "vitest";
import { load } from "./test-support/tiny-models.ts";

it("makes vectors that are alike for texts of one topic", async () => {
  await using loaded = await load({ variant: "embedding" });
  const context = await loaded.model.createEmbeddingContext({ threads: 1 });
  const cat = await context.getEmbeddingFor("The cat sleeps in the house.");
  const similarity = async (text: string) => cat.calculateCosineSimilarity(await context.getEmbeddingFor(text));
  expect(cat.vector).toHaveLength(256);
  expect(await similarity("The cat sleeps in the house.")).toBeCloseTo(1);
  expect(await similarity("A kitten sleeps at home")).toBeGreaterThan(0.5);
  expect(Math.abs(await similarity("Latency improves when prompts overlap."))).toBeLessThan(0.2);
  expect(Math.abs(await similarity("Zxqy blorf"))).toBeLessThan(0.2);
});
