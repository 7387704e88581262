import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { watchLlamaServer } from "@aiwatch/llamacpp/server";
import { observeFetch } from "@aiwatch/openai";
import { describeWithTool, type LlamaServerOptions, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it, onTestFinished, vi } from "vitest";
import { countersOf, scraping, waitForCounters } from "./test-support/counters.ts";
import { sum } from "./test-support/known.ts";
import { countersBy, play } from "./test-support/play.ts";
import type { RequestKind } from "./test-support/request-kind.ts";
import { requestKinds } from "./test-support/requests.ts";

const kinds: readonly RequestKind[] = requestKinds.filter(({ variant }) => variant === "chat");

async function serve(more: Partial<LlamaServerOptions> = {}): Promise<RunningLlamaServer> {
  const model = await ensureTinyModel();
  const options = { model, alias: "tiny", contextSize: 4096, parallel: 4, metrics: true };
  const server = await startLlamaServer({ ...options, ...more });
  onTestFinished(async () => await server.close());
  return server;
}

/** What the adapter's row shows. */
async function shownOfAdapter({ sample }: TestAiwatch) {
  const tokens = (direction: string) => sample("genai_app_chat_tokens_total", { model: "tiny", direction });
  return { input: await tokens("input"), output: await tokens("output") };
}

/** What the watcher's rows show of the server `one`. */
async function shownOfWatcher({ sample }: TestAiwatch) {
  const count = (row: string) => sample(`genai_app_llamacpp_server_${row}_total`, { server: "one", model: "tiny" });
  return {
    prompt: await count("prompt_eval_tokens"),
    cached: await count("cached_prompt_tokens"),
    output: await count("output_tokens"),
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
    // on a busy machine an answer may take longer than a watcher waits by default, and would be told of
    const watch = watchLlamaServer({ url, aiwatch: seen.aiwatch, name: "one", timeoutMs: 9000 });
    const stop = scraping(url);
    const others = play({ kinds, turns: 1, urlOf: () => url, seen: createTestAiwatch() });
    const played = await play({ kinds, turns: 3, urlOf: () => url, seen });
    await waitForCounters(url, countersBy([...played, ...(await others)]));
    expect(await stop()).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await shownOfWatcher(seen)).toEqual(await countersOf(url)), {
      timeout: 20_000,
    });
    const own = played.map(({ record }) => record);
    expect(await shownOfAdapter(seen)).toEqual({
      input: sum(own.map(({ promptTokens = 0 }) => promptTokens)),
      output: sum(own.map(({ outputTokens = 0 }) => outputTokens)),
    });
    expect(await seen.sample("genai_app_model_server_up", { server: "one" })).toBe(1);
    expect(seen.diagnostics).toEqual([]);
    watch.close();
    const ofNobody = await rowsOf(createTestAiwatch());
    const ofAdapter = (await rowsOf(seen)).filter((row) => !ofNobody.includes(row));
    const watched = createTestAiwatch();
    await watchLlamaServer({ url, aiwatch: watched.aiwatch }).read();
    const ofWatcher = (await rowsOf(watched)).filter((row) => !ofNobody.includes(row));
    await watched.aiwatch.close();
    expect([ofAdapter.length > 10, ofWatcher.length > 8]).toEqual([true, true]);
    expect(ofAdapter.filter((row) => ofWatcher.includes(row))).toEqual([]);
  });

  it("a server killed in mid-stream and restarted: the counters go on, and each call is counted once", async () => {
    const first = await serve();
    const { url } = first;
    const seen = createTestAiwatch();
    const watch = watchLlamaServer({ url, aiwatch: seen.aiwatch, name: "one" });
    onTestFinished(() => watch.close());
    const restarts = () => seen.sample("genai_app_model_server_restarts_total", { server: "one" });
    const before = countersBy(await play({ kinds, turns: 1, urlOf: () => url, seen }));
    await waitForCounters(url, before);
    await vi.waitFor(async () => expect(await shownOfWatcher(seen)).toEqual(before), { timeout: 20_000 });
    expect(await restarts()).toBe(0);
    await killInMidStream(first, seen);
    await vi.waitFor(async () => expect(await seen.sample("genai_app_model_server_up", { server: "one" })).toBe(0));
    await serve({ port: first.port });
    const after = countersBy(await play({ kinds, turns: 1, urlOf: () => url, seen }));
    await waitForCounters(url, after);
    const total = {
      prompt: before.prompt + after.prompt,
      cached: before.cached + after.cached,
      output: before.output + after.output,
    };
    await vi.waitFor(async () => expect(await shownOfWatcher(seen)).toEqual(total), { timeout: 20_000 });
    expect(await restarts()).toBe(1);
    expect(seen.inferences).toHaveLength(2 * kinds.length + 1);
    expect((await shownOfAdapter(seen)).output).toBe(sum(seen.inferences.map(({ outputTokens = 0 }) => outputTokens)));
  });

  it("a model that sleeps is not woken by the watcher, and the adapter's call that wakes it counts on", async () => {
    const { url } = await serve({ sleepIdleSeconds: 1 });
    const seen = createTestAiwatch();
    const watch = watchLlamaServer({ url, aiwatch: seen.aiwatch, name: "one" });
    onTestFinished(() => watch.close());
    const completion = () =>
      play({ kinds: kinds.filter(({ name }) => name === "completion"), turns: 1, urlOf: () => url, seen });
    await completion();
    const isAsleep = async () => ((await (await fetch(`${url}/props`)).json()) as { is_sleeping: boolean }).is_sleeping;
    await vi.waitUntil(isAsleep, { timeout: 30_000 });
    const sleeping = () =>
      seen.sample("genai_app_model_server_models", { server: "one", model: "tiny", state: "sleeping" });
    await vi.waitFor(async () => expect(await sleeping()).toBe(1), { timeout: 20_000 });
    for (let scrapes = 0; scrapes < 20; scrapes++) await watch.read();
    expect(await isAsleep()).toBe(true);
    await completion();
    await vi.waitFor(async () => expect(await shownOfWatcher(seen)).toEqual(await countersOf(url)), {
      timeout: 20_000,
    });
    expect((await shownOfAdapter(seen)).output).toBe((await countersOf(url)).output);
    expect(await seen.sample("genai_app_model_server_restarts_total", { server: "one" })).toBe(0);
    expect(seen.diagnostics).toEqual([]);
  });
});

async function killInMidStream(server: RunningLlamaServer, { aiwatch, inferences }: TestAiwatch): Promise<void> {
  const ended = inferences.length;
  const body = JSON.stringify({ prompt: "On and on", stream: true, n_predict: 100_000, ignore_eos: true });
  const response = await observeFetch(fetch, { aiwatch })(`${server.url}/completion`, { method: "POST", body });
  const read = async () => {
    for await (const _ of response.body ?? []) await server.kill();
  };
  await expect(read()).rejects.toThrow(/terminated/);
  expect(inferences.slice(ended).map(({ failure }) => failure?.type)).toEqual(["network"]);
}
