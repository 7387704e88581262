import type { InferenceRecord } from "@aiwatch/core";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { observeFetch } from "@aiwatch/openai";
import { describeWithTool, type LlamaServerOptions, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it, onTestFinished, vi } from "vitest";
import { type ClockedAnswer, clockedFetch, type PlainFetch, readClocked } from "./test-support/clocked-answer.ts";
import { countersOf, requestsUnderWay } from "./test-support/counters.ts";
import { sum } from "./test-support/known.ts";
import { outputEvents } from "./test-support/told.ts";

type Options = Omit<LlamaServerOptions, "model">;

async function setUp(options: Options = {}) {
  const model = await ensureTinyModel({ variant: "endless" });
  const start = (more: Options = {}) => startLlamaServer({ model, parallel: 4, metrics: true, ...options, ...more });
  const running: RunningLlamaServer = await start();
  onTestFinished(async () => await running.close());
  const seen = createTestAiwatch();
  const below = new Map<number, ClockedAnswer>();
  const observed = observeFetch(clockedFetch(below), { aiwatch: seen.aiwatch });
  return { ...seen, running, start, below, observed, url: `${running.url}/v1/chat/completions` };
}

const messages = [{ role: "user", content: "Go on and on." }];

function request(seed: number, more: object = {}, init: RequestInit = {}): RequestInit {
  return { method: "POST", body: JSON.stringify({ model: "tiny", messages, stream: true, seed, ...more }), ...init };
}

/** Reads a stream, and shows all of its text after each chunk. @param onText breaks off by `true` */
async function readText(observed: PlainFetch, url: string, init: RequestInit, onText: (text: string) => unknown) {
  const response = await observed(url, init);
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString("latin1");
    if (onText(text) === true) break;
  }
}

const seedOf = ({ parameters }: InferenceRecord) => parameters.seed;

describeWithTool("llama-server", "endings of a real llama-server", () => {
  it.each([
    ["abort", "aborted"],
    ["break", "cancelled"],
  ])("%s frees the slot, and counts what was generated and what nobody got", async (how, raw) => {
    const { observed, url, inferences, below, running, diagnostics } = await setUp();
    const before = await countersOf(running.url);
    for (let seed = 1; seed <= 10; seed++) {
      const controller = new AbortController();
      let taken = 0;
      const stop = (text: string) => {
        if (controller.signal.aborted || outputEvents(text) < 3 + seed) return false;
        taken = outputEvents(text);
        if (how === "abort") controller.abort();
        return how === "break";
      };
      const reading = readText(observed, url, request(seed, {}, { signal: controller.signal }), stop);
      await reading.catch((error: Error) => expect(error.name).toBe("AbortError"));
      expect(inferences).toHaveLength(seed);
      const { finishReason, outputTokens, undeliveredTokens } = inferences[seed - 1]!;
      expect(finishReason).toEqual({ unified: "aborted", raw });
      expect(outputTokens).toBeLessThanOrEqual(outputEvents(below.get(seed)!.text));
      expect(outputTokens! - undeliveredTokens!).toBe(taken);
    }
    await vi.waitUntil(async () => (await requestsUnderWay(running.url)) === 0, { timeout: 30_000 });
    const generated = (await countersOf(running.url)).output - before.output;
    expect(generated).toBeGreaterThanOrEqual(sum(inferences.map(({ outputTokens = 0 }) => outputTokens)));
    expect(diagnostics).toEqual([]);
  });

  it("an abort before the answer ends it once", async () => {
    const { observed, url, inferences } = await setUp();
    const controller = new AbortController();
    const call = observed(url, request(1, {}, { signal: controller.signal }));
    controller.abort();
    await expect(call).rejects.toThrow(/abort/);
    expect(inferences.map(({ finishReason }) => finishReason.unified)).toEqual(["aborted"]);
    expect(inferences[0]?.outputTokens).toBeUndefined();
  });

  it("a key that is missing is 401, and the key is in no signal", async () => {
    const { observed, url, inferences, registry } = await setUp({ apiKey: "canary-key" });
    expect((await readClocked(observed, url, request(1))).status).toBe(401);
    const headers = { authorization: "Bearer canary-key" };
    expect((await readClocked(observed, url, request(2, { max_tokens: 3 }, { headers }))).status).toBe(200);
    expect(inferences.map(({ failure }) => failure?.type)).toEqual(["unauthorized", undefined]);
    expect(JSON.stringify(inferences) + (await registry.metrics())).not.toContain("canary");
  });

  it("a server that starts refuses, loads, and answers: each attempt ends once", async () => {
    const { observed, inferences } = await setUp();
    const model = await ensureTinyModel({ feedForward: 262_144 });
    const server = await startLlamaServer({ model, until: "started" });
    onTestFinished(async () => await server.close());
    const statuses: (number | undefined)[] = [];
    const attempt = async () => {
      const answer = readClocked(observed, `${server.url}/v1/chat/completions`, request(1, { max_tokens: 2 }));
      statuses.push((await answer.catch(() => undefined))?.status);
      return statuses.at(-1) === 200;
    };
    await vi.waitUntil(attempt, { interval: 2, timeout: 60_000 });
    const expected = new Map([
      [undefined, "network"],
      [503, "model_loading"],
      [200, undefined],
    ]);
    expect(new Set(statuses)).toEqual(new Set(expected.keys()));
    expect(inferences.map(({ failure }) => failure?.type)).toEqual(statuses.map((status) => expected.get(status)));
  });

  it("killed in mid-stream and restarted: each call ends once, and no token is counted twice", async () => {
    const { observed, url, inferences, below, running, start, sample, diagnostics } = await setUp();
    const streams = [1, 2, 3, 4];
    const taken = new Map<number, number>();
    let killed: Promise<void> | undefined;
    const reads = streams.map((seed) =>
      readText(observed, url, request(seed), (text) => {
        taken.set(seed, outputEvents(text));
        const speaking = [...taken.values()].filter((events) => events >= 5);
        if (speaking.length === streams.length) killed ??= running.kill();
      }),
    );
    expect((await Promise.allSettled(reads)).map(({ status }) => status)).toEqual(streams.map(() => "rejected"));
    await killed;
    expect(inferences.map(seedOf).sort()).toEqual(streams);
    for (const record of inferences) {
      const seed = seedOf(record)!;
      expect(record.failure).toEqual({ type: "network" });
      expect(record.outputTokens).toBeLessThanOrEqual(outputEvents(below.get(seed)!.text));
      expect(record.outputTokens! - record.undeliveredTokens!).toBe(taken.get(seed));
    }
    expect((await readClocked(observed, url, request(5)).catch(() => undefined))?.status).toBeUndefined();
    const again = await start({ port: running.port });
    onTestFinished(async () => await again.close());
    await Promise.all([6, 7, 8].map((seed) => readClocked(observed, url, request(seed, { max_tokens: 9 }))));
    expect(inferences.map(seedOf).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await vi.waitFor(async () => expect((await countersOf(again.url)).output).toBe(27), { timeout: 20_000 });
    expect(inferences.slice(5).map(({ outputTokens }) => outputTokens)).toEqual([9, 9, 9]);
    const all = sum(inferences.map(({ outputTokens = 0 }) => outputTokens));
    expect(await sample("genai_app_chat_tokens_total", { model: inferences[5]!.model, direction: "output" })).toBe(all);
    expect(diagnostics).toEqual([]);
  });
});
