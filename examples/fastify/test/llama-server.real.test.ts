import { describeWithTool, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { beforeEach, expect, test } from "vitest";
import { ask, type Example, scrape, startExample } from "./support/example.ts";

const patience = { timeout: 15_000 };
const message = "how does the local model answer";

describeWithTool("llama-server", "a chat on Fastify with a real llama-server", () => {
  let server: RunningLlamaServer;
  let example: Example;

  beforeEach(async () => {
    // it speaks until it is stopped, slowly enough for that
    const model = await ensureTinyModel({ variant: "endless", feedForward: 131_072 });
    server = await startLlamaServer({ model, alias: "tiny-chat", parallel: 4 });
    example = await startExample({ BASE_URL: `${server.url}/v1`, MODEL: "tiny-chat" });
    return () => Promise.all([server.close(), example.process.stop()]);
  });

  async function begin(signal?: AbortSignal) {
    const response = await ask(example.url, { message }, signal && { signal });
    const reader = response.body?.getReader();
    await reader?.read();
    return reader;
  }
  const inferences = async (finishReason: string) =>
    (await scrape(example.url)).get(
      `genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="${finishReason}"}`,
    );
  const readiness = async () => (await fetch(`${example.url}/readyz`)).status;

  test("stops when its reader leaves", async () => {
    const reader = new AbortController();
    await begin(reader.signal);
    reader.abort();
    await expect.poll(() => inferences("aborted"), patience).toBe(1);
    const slots = async () => (await fetch(`${server.url}/slots`)).json();
    await expect.poll(slots, patience).not.toContainEqual(expect.objectContaining({ is_processing: true }));
    expect(await readiness()).toBe(200);
  });

  test("breaks off when the server is killed, which is one error; readiness says so", async () => {
    const reader = await begin();
    await server.kill();
    await expect(readAll(reader)).rejects.toThrow();
    await expect.poll(() => inferences("error"), patience).toBe(1);
    await expect.poll(readiness, patience).toBe(503);
  });
});

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<void> {
  while ((await reader?.read())?.done === false);
}
