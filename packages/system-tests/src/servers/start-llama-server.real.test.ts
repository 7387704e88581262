import { describeWithTool, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it, vi } from "vitest";

describeWithTool("llama-server", "startLlamaServer", () => {
  const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
  const post = (url: string, body: unknown) => fetch(url, { method: "POST", body: JSON.stringify(body) });

  it("serves the tiny model with the flags that it was given", async () => {
    const model = await ensureTinyModel();
    const options = { contextSize: 512, parallel: 2, alias: "tiny", apiKey: "key", metrics: true, slots: false };
    const server = await startLlamaServer({ model, ...options });
    const asked = { headers: { authorization: "Bearer key" } };
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(401);
    expect(await json(await fetch(`${server.url}/props`, asked))).toMatchObject({
      model_alias: "tiny",
      total_slots: 2,
    });
    expect((await fetch(`${server.url}/slots`, asked)).status).toBe(501);
    expect(await (await fetch(`${server.url}/metrics`, asked)).text()).toContain("llamacpp:tokens_predicted_total 0");
    await server.close();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("answers 503 until the model is loaded, and comes back where it was", async () => {
    const model = await ensureTinyModel({ feedForward: 262_144 });
    const first = await startLlamaServer({ model, until: "started" });
    const statuses = new Set<number | undefined>();
    const ask = async () => (await fetch(`${first.url}/health`).catch(() => undefined))?.status;
    await vi.waitUntil(async () => statuses.add(await ask()).has(200), { interval: 2, timeout: 30_000 });
    expect([...statuses]).toEqual([undefined, 503, 200]);
    await first.kill();
    const again = await startLlamaServer({ model, port: first.port });
    expect(again.url).toBe(first.url);
    expect(await json(await fetch(`${again.url}/health`))).toEqual({ status: "ok" });
    await again.close();
  });

  it("embeds and ranks with a model for that", async () => {
    const embedding = await startLlamaServer({
      model: await ensureTinyModel({ variant: "embedding" }),
      embeddings: true,
    });
    const vectors = await json(await post(`${embedding.url}/v1/embeddings`, { input: ["a cat", "a dog"] }));
    expect(vectors["data"]).toHaveLength(2);
    await embedding.close();
    const ranking = await startLlamaServer({ model: await ensureTinyModel({ variant: "ranking" }), reranking: true });
    const ranked = await json(await post(`${ranking.url}/v1/rerank`, { query: "cat", documents: ["a cat", "rain"] }));
    expect(ranked["results"]).toHaveLength(2);
    await ranking.close();
  });

  it("quotes a server that does not start", async () => {
    const start = startLlamaServer({ model: "/nowhere.gguf" });
    await expect(start).rejects.toThrow(/ended \(code 1,.*nowhere\.gguf/s);
  });
});
