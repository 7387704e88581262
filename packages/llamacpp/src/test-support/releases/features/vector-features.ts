import { evaluated } from "../counts.ts";
import type { Feature } from "../feature.ts";

const done = { unified: "stop" } as const;
const documents = ["The local model is small.", "A cat sleeps."];
const options = { contextSize: 512, threads: 1 } as const;

/** The tiny model that ranks has an architecture that llama.cpp did not know before. */
const ranks = { version: "3.14.0", refusal: /^Failed to load model$/ };

export const vectorFeatures: readonly Feature[] = [
  {
    name: "embedding",
    variant: "embedding",
    ways: ["llama", "model", "caller"],
    play: async (stage) => {
      const context = await stage.purpose((await stage.model()).createEmbeddingContext(options));
      return (await context.getEmbeddingFor("The local model is small.")).vector;
    },
    records: [
      {
        operation: "embeddings",
        finishReason: done,
        counts: (bare) => ({ ...evaluated(bare), dimensions: (bare.outcome.value as unknown[]).length }),
      },
    ],
  },
  {
    name: "ranking",
    variant: "ranking",
    since: ranks,
    ways: ["llama", "model", "caller"],
    play: async (stage) => {
      const context = await stage.purpose((await stage.model()).createRankingContext(options));
      return context.rankAll("What is small?", documents);
    },
    records: [{ operation: "rerank", finishReason: done, counts: (bare) => evaluated(bare) }],
  },
];
