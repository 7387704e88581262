import { createTestAiwatch } from "@aiwatch/core/testing";
import { describeWithTool, type LlamaServerOptions, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it, onTestFinished, vi } from "vitest";
import { watched } from "../test-support/servers/watched.ts";

/** A server's own count, from its own metrics: a scrape of somebody else's. */
async function ownCounts({ url }: { readonly url: string }, key = ""): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } })).text();
  return Object.fromEntries(
    Array.from(text.matchAll(/^llamacpp:(\w+) (\S+)$/gm), ([, name, value]) => [name, Number(value)]),
  );
}

/** By the server's names, what is shown. */
const shownAs = {
  prompt_tokens_total: 'llamacpp_server_prompt_eval_tokens_total{model="tiny"}',
  prompt_tokens_cached_total: 'llamacpp_server_cached_prompt_tokens_total{model="tiny"}',
  prompt_seconds_total: 'llamacpp_server_prompt_eval_seconds_total{model="tiny"}',
  tokens_predicted_total: 'llamacpp_server_output_tokens_total{model="tiny"}',
  tokens_predicted_seconds_total: 'llamacpp_server_decode_seconds_total{model="tiny"}',
  n_decode_total: 'llamacpp_server_decodes_total{model="tiny"}',
} as const;

describeWithTool("llama-server", "watchLlamaServer() with a real llama-server", () => {
  async function setUp(options: Partial<LlamaServerOptions> = {}) {
    const model = options.model ?? (await ensureTinyModel());
    const flags = { contextSize: 1024, parallel: 2, alias: "tiny", metrics: true, ...options, model };
    let server = await startLlamaServer(flags);
    onTestFinished(() => server.close());
    const { url, port } = server;
    const chat = (tokens: number, signal?: AbortSignal) => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${options.apiKey}` };
      const body = { messages: [{ role: "user", content: `say ${tokens}` }], max_tokens: tokens };
      return fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
        ...(signal && { signal }),
      });
    };
    return {
      url,
      chat: async (tokens: number) => {
        await (await chat(tokens)).text();
        // it sends the end before it counts it
        await vi.waitUntil(async () => (await ownCounts({ url }, options.apiKey))["requests_processing"] === 0);
      },
      begin: chat,
      kill: () => server.kill(),
      restart: async () => {
        server = await startLlamaServer({ ...flags, port });
      },
    };
  }

  it("shows exactly what the server counts, whoever scrapes it meanwhile", async () => {
    const { url, chat } = await setUp();
    const { figures, diagnostics } = watched({ url });
    for (let n = 1; n <= 5; n += 1) {
      await chat(n);
      await ownCounts({ url });
      const shown = await figures();
      const own = await ownCounts({ url });
      for (const [name, row] of Object.entries(shownAs)) expect([row, shown[row]]).toEqual([row, own[name]]);
    }
    expect(await figures()).toMatchObject({
      model_server_up: 1,
      model_server_restarts_total: 0,
      'model_server_models{model="tiny",state="loaded"}': 1,
      'model_server_slots{model="tiny",state="active"}': 0,
      'model_server_slots{model="tiny",state="free"}': 2,
      'model_server_context_size{model="tiny"}': 512,
    });
    expect(diagnostics).toEqual([]);
  });

  it("adds up what a server counted that is killed and restarted, and none of it twice", async () => {
    const { url, chat, kill, restart } = await setUp();
    const { figures, server, aiwatch, clock } = watched({ url });
    const lives: Record<string, number>[] = [];
    for (let life = 0; life < 3; life += 1) {
      if (life > 0) await restart();
      // the later, the more: a count that did not fall is that of another life, too
      for (let n = 0; n <= life; n += 1) await chat(10);
      const shown = await figures();
      lives.push(await ownCounts({ url }));
      for (const [name, row] of Object.entries(shownAs)) {
        const all = lives.reduce((sum, own) => sum + own[name]!, 0);
        expect([row, shown[row]]).toEqual([row, expect.closeTo(all, 9)]);
      }
      expect(shown["model_server_restarts_total"]).toBe(life);
      await kill();
      expect(await figures()).toEqual({ model_server_up: 0, model_server_restarts_total: life });
      expect(server.last?.reason).toMatch(/^cannot be reached \(ECONN/);
      clock.step();
      expect(await aiwatch.health.readiness()).toMatchObject({ ready: false });
    }
  });

  it("neither wakes a model that sleeps nor keeps one awake", async () => {
    const { url, chat } = await setUp({ sleepIdleSeconds: 1 });
    const { figures, aiwatch, clock } = watched({ url });
    await chat(5);
    const sleeping = 'model_server_models{model="tiny",state="sleeping"}';
    await vi.waitFor(async () => expect(await figures()).toHaveProperty([sleeping]), { interval: 50, timeout: 20_000 });
    for (let n = 0; n < 20; n += 1) {
      clock.step();
      expect(await aiwatch.health.readiness()).toMatchObject({ ready: true });
      expect(await figures()).toMatchObject({ model_server_up: 1, [sleeping]: 1, [shownAs.tokens_predicted_total]: 5 });
    }
    await chat(3);
    expect(await figures()).toMatchObject({
      'model_server_models{model="tiny",state="loaded"}': 1,
      [shownAs.tokens_predicted_total]: 8,
      // it slept: that is no restart
      model_server_restarts_total: 0,
    });
  });

  it("shows the slots, the queue and the KV cache of a server at work", async () => {
    const { url, begin } = await setUp({ model: await ensureTinyModel({ variant: "endless" }), parallel: 1 });
    const { figures } = watched({ url });
    const over = new AbortController();
    const running = Array.from({ length: 3 }, () => begin(900, over.signal).catch(() => undefined));
    const busy = await vi.waitFor(
      async () => {
        const shown = await figures();
        expect(shown).toHaveProperty(['llamacpp_server_kv_cache_usage_ratio{model="tiny"}']);
        expect(shown).toMatchObject({ 'model_server_deferred{model="tiny"}': expect.any(Number) });
        return shown;
      },
      { interval: 10, timeout: 20_000 },
    );
    expect(busy).toMatchObject({
      'model_server_slots{model="tiny",state="active"}': 1,
      'model_server_slots{model="tiny",state="free"}': 0,
    });
    const ratio = busy['llamacpp_server_kv_cache_usage_ratio{model="tiny"}']!;
    expect(ratio > 0 && ratio <= 1).toBe(true);
    over.abort();
    await Promise.all(running);
  });

  it("wants the server's key, and shows it to nobody", async () => {
    const { url, chat } = await setUp({ apiKey: "canary-key" });
    await chat(2);
    const wrong = watched({ url, name: "wrong", apiKey: "canary-wrong" });
    expect(await wrong.figures()).toEqual({ model_server_up: 0 });
    expect(wrong.server.last?.reason).toBe("refuses the key, or wants one (401)");
    const right = watched({ url, name: "right", apiKey: "canary-key" }, createTestAiwatch());
    await right.server.read();
    expect(await right.figures()).toMatchObject({ model_server_up: 1, [shownAs.tokens_predicted_total]: 2 });
    for (const { registry, diagnostics, server } of [wrong, right]) {
      const signals = [
        await registry.metrics(),
        diagnostics.map(({ what, error }) => [what, String(error)]),
        server.last,
      ];
      expect(JSON.stringify(signals)).not.toContain("canary");
    }
  });

  it("says that a server loads, and is no fault", async () => {
    const model = await ensureTinyModel({ feedForward: 524_288 });
    const seen = new Set<string>();
    // on a busy machine it may be loaded before the second look
    for (let start = 0; start < 10 && seen.size === 0; start += 1) {
      const server = await startLlamaServer({ model, alias: "tiny", metrics: true, until: "started" });
      onTestFinished(() => server.close());
      const { figures, server: handle, aiwatch, diagnostics, clock } = watched({ url: server.url, timeoutMs: 9000 });
      const isUp = async () => {
        clock.step();
        const { isUp = false, reason } = (await handle.read()) ?? {};
        // of the same reading: it holds for a while
        const { ready, checks } = await aiwatch.health.readiness();
        if (reason === "loads its model") seen.add(`${ready}: ${checks["model-server"]?.detail}`);
        return isUp;
      };
      await vi.waitUntil(isUp, { interval: 1, timeout: 30_000 });
      expect(await figures()).toMatchObject({ model_server_up: 1 });
      expect(diagnostics.filter(({ error }) => String(error).includes("loads"))).toEqual([]);
      handle.close();
      await server.close();
    }
    expect([...seen]).toEqual(["false: the model server loads its model"]);
  });
});
