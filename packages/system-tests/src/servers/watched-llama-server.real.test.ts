import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { observeFetch } from "@aiwatch/openai";
import { describeWithTool, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it, onTestFinished, vi } from "vitest";
import { readClocked } from "./test-support/clocked-answer.ts";
import { countersOf, scraping } from "./test-support/counters.ts";
import { play, sum } from "./test-support/play.ts";
import { type RequestKind, requestKinds } from "./test-support/requests.ts";

const kinds: readonly RequestKind[] = requestKinds.filter(({ variant }) => variant === "chat");

async function serve(port?: number): Promise<RunningLlamaServer> {
  const model = await ensureTinyModel();
  const options = { model, alias: "tiny", contextSize: 4096, parallel: 4, metrics: true };
  const server = await startLlamaServer({ ...options, ...(port !== undefined && { port }) });
  onTestFinished(async () => await server.close());
  return server;
}

/** What a row shows of the watched server; of the adapter, without the label. */
async function shown({ sample }: TestAiwatch, server?: string) {
  const ofServer = (row: string) => sample(`genai_app_llamacpp_server_${row}`, { server, model: "tiny" } as never);
  const ofAdapter = (direction: string) => sample("genai_app_chat_tokens_total", { model: "tiny", direction });
  return server === undefined
    ? { input: await ofAdapter("input"), output: await ofAdapter("output") }
    : {
        prompt: await ofServer("prompt_eval_tokens_total"),
        cached: await ofServer("cached_prompt_tokens_total"),
        output: await ofServer("output_tokens_total"),
      };
}

/** The names of the rows that show something. */
async function rowsOf({ registry }: TestAiwatch): Promise<string[]> {
  const text = await registry.metrics();
  return [...new Set(Array.from(text.matchAll(/^(genai_app_\w+)\{/gm), ([, name = ""]) => name))];
}

describeWithTool("llama-server", "adapter and watcher on one llama-server", () => {
  it("the watcher shows the server's counters, the adapter its own requests, and they share no row", async () => {
    const { url } = await serve();
    const seen = createTestAiwatch();
    const watch = watchLlamaServer({ url, aiwatch: seen.aiwatch, name: "one" });
    const stop = scraping(url);
    const others = play({ kinds, turns: 1, urlOf: () => url, seen: createTestAiwatch() });
    const played = await play({ kinds, turns: 3, urlOf: () => url, seen });
    await others;
    expect(await stop()).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await shown(seen, "one")).toEqual(await countersOf(url)), { timeout: 20_000 });
    const own = played.map(({ record }) => record);
    expect(await shown(seen)).toEqual({
      input: sum(own.map(({ promptTokens = 0 }) => promptTokens)),
      output: sum(own.map(({ outputTokens = 0 }) => outputTokens)),
    });
    expect(await seen.sample("genai_app_model_server_up", { server: "one" })).toBe(1);
    watch.close();
    const withoutWatch = await rowsOf(seen);
    const alone = createTestAiwatch();
    onTestFinished(() => watchLlamaServer({ url, aiwatch: alone.aiwatch }).close());
    const watched = createTestAiwatch();
    const watching = watchLlamaServer({ url, aiwatch: watched.aiwatch });
    onTestFinished(() => watching.close());
    await watching.read();
    const ofWatch = (await rowsOf(watched)).filter((name) => !ofProcess.includes(name));
    expect(ofWatch.length).toBeGreaterThan(5);
    expect(withoutWatch.filter((name) => ofWatch.includes(name))).toEqual([]);
    expect(seen.diagnostics).toEqual([]);
  });
});
