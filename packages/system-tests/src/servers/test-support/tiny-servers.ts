import { type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import type { ServedVariant as Variant } from "./request-kind.ts";

/** A llama-server for each variant that requests ask for. */
export type TinyServers = Readonly<Record<Variant, RunningLlamaServer>>;

const contexts = { chat: 4096, thinking: 4096, tools: 4096, embedding: 2048, ranking: 2048 } as const;

export async function startTinyServers(): Promise<TinyServers> {
  const started = Object.entries(contexts).map(async ([variant, contextSize]) => {
    const model = await ensureTinyModel({ variant: variant as Variant });
    const options = { contextSize, parallel: 4, metrics: true, alias: `tiny-${variant}` };
    const uses = { embeddings: variant === "embedding", reranking: variant === "ranking" };
    return [variant, await startLlamaServer({ model, ...options, ...uses })] as const;
  });
  return Object.fromEntries(await Promise.all(started)) as TinyServers;
}

export async function closeAll(servers: TinyServers | undefined): Promise<void> {
  await Promise.all(Object.values(servers ?? {}).map((server) => server.close()));
}
