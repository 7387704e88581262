import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { closedAddress } from "@aiwatch/testkit";
import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { watchLlamaServer } from "../server.ts";
import * as captured from "../test-support/servers/captures.ts";
import { llamaServerScript, scriptedServer } from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

describe("the options of watchLlamaServer()", () => {
  const url = `http://${closedAddress}`;
  it.each([
    [
      { url: "127.0.0.1:8080" },
      'the option url of watchLlamaServer() is "127.0.0.1:8080", expected a URL of http: or https:',
    ],
    [
      { url: "ftp://user:canary@host" },
      "the option url of watchLlamaServer() is a text with an @, which may hold a password, expected",
    ],
    [{}, "the option url of watchLlamaServer() is undefined"],
    [{ url, apiKey: "Bearer canary" }, "the option apiKey of watchLlamaServer() is a text that no header can hold"],
    [{ url, apiKey: "" }, "the option apiKey"],
    [{ url, name: "" }, 'the option name of watchLlamaServer() is ""'],
    [{ url, name: "x".repeat(65) }, "the option name"],
    [{ url, kind: "vllm" }, 'the option kind of watchLlamaServer() is "vllm", expected one of llama-server, ollama'],
    [{ url, timeoutMs: 9001 }, "the option timeoutMs of watchLlamaServer() is 9001, expected milliseconds, 10 to 9000"],
    [{ url, timeoutMs: Number.NaN }, "the option timeoutMs"],
    [{ url, intervalMs: 99 }, "the option intervalMs of watchLlamaServer() is 99, expected milliseconds, 100 or more"],
    [{ url, critical: "no" }, 'the option critical of watchLlamaServer() is "no", expected true or false'],
  ])("%j is refused", (options, message) => {
    const { aiwatch } = createTestAiwatch();
    const watch = () => watchLlamaServer({ ...options, aiwatch } as Parameters<typeof watchLlamaServer>[0]);
    expect(watch).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
    expect(watch).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
    expect(watch).not.toThrow(/canary/);
  });

  it.each([
    [`http://user:canary@${closedAddress}`, "a string"],
    [undefined, "undefined"],
  ])("%s is refused in place of the options", (given, received) => {
    const watch = () => watchLlamaServer(given as never);
    const message = `watchLlamaServer() received ${received}, expected its options, such as { url: "http://127.0.0.1:8080" }`;
    expect(watch).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message }));
  });

  it("refuses a second watch of one name, and keeps the first", async () => {
    const { url: address } = await scriptedServer(llamaServerScript());
    const test = createTestAiwatch();
    const { figures } = watched({ url: address }, test);
    expect(() => watchLlamaServer({ url: address, aiwatch: test.aiwatch })).toThrow(/is watched already: close that/);
    expect(await figures()).toMatchObject({ model_server_up: 1 });
  });
});

it("tells several servers apart by their names, and their checks by numbers where they have none", async () => {
  const [one, two] = [await scriptedServer(llamaServerScript()), await scriptedServer(llamaServerScript())];
  const test = createTestAiwatch();
  for (const { url } of [one, two]) watched({ url }, test);
  watched({ url: one.url, name: "Größe 1" }, test);
  const { checks } = await test.aiwatch.health.readiness();
  expect(Object.keys(checks)).toEqual(["model-server", "model-server-2", "model-server:Gr__e_1"]);
  for (const server of [new URL(one.url).host, new URL(two.url).host, "Größe 1"]) {
    expect(await test.sample("genai_app_model_server_up", { server })).toBe(1);
  }
});

describe("how often a server is asked", () => {
  const askedOf = (asked: readonly string[]) => asked.filter((path) => path === "/metrics").length;

  it("many who ask at once are given one reading", async () => {
    const { url, asked } = await scriptedServer(llamaServerScript());
    const { server, clock, registry } = watched({ url });
    await server.read();
    clock.step();
    const before = askedOf(asked);
    await Promise.all([...Array.from({ length: 20 }, () => registry.metrics()), server.read()]);
    expect(askedOf(asked) - before).toBe(1);
    await registry.metrics();
    expect(askedOf(asked) - before).toBe(1);
    clock.step();
    await registry.metrics();
    expect(askedOf(asked) - before).toBe(2);
  });

  it("by intervalMs also while nobody asks", async () => {
    const { url, asked } = await scriptedServer(llamaServerScript());
    watched({ url, intervalMs: 100 }, createTestAiwatch());
    await vi.waitFor(() => expect(askedOf(asked)).toBeGreaterThan(2), { timeout: 20_000 });
  });

  it("without it once at the beginning, and then when somebody asks", async () => {
    const { url, asked } = await scriptedServer(llamaServerScript());
    const { server } = watched({ url }, createTestAiwatch());
    await server.read();
    await delay(400);
    expect(askedOf(asked)).toBe(1);
  });
});

describe("the end of a watch", () => {
  it.each(["the handle", "the instance"])(
    "by %s takes its series, its check and what is under way with it",
    async (by) => {
      const script = llamaServerScript();
      const { url } = await scriptedServer(script);
      const { server, figures, aiwatch, clock } = watched({ url, timeoutMs: 9000, intervalMs: 100 });
      await figures();
      let wasAsked = () => {};
      const asked = new Promise<void>((resolve) => {
        wasAsked = resolve;
      });
      script["/metrics"] = () => wasAsked();
      clock.step();
      const pending = server.read();
      await asked;
      const closedAt = performance.now();
      if (by === "the handle") server.close();
      else await aiwatch.close();
      expect(await pending).toBe(undefined);
      expect(performance.now() - closedAt).toBeLessThan(5000);
      expect(await server.read()).toBe(undefined);
      expect(await figures()).toEqual({});
      expect(await aiwatch.health.readiness()).toMatchObject({ checks: {} });
      server.close();
      const again = watchLlamaServer({ url, aiwatch });
      again.close();
    },
  );
});

it("a disabled instance watches nothing", async () => {
  const { url, asked } = await scriptedServer(llamaServerScript());
  const test = createTestAiwatch({ disabled: true });
  const { server, figures, aiwatch } = watched({ url, intervalMs: 100 }, test);
  expect([await server.read(), server.last, asked]).toEqual([undefined, undefined, []]);
  expect([await figures(), (await aiwatch.health.readiness()).checks]).toEqual([{}, {}]);
});

describe("the server's key", () => {
  const signals = async ({ registry, aiwatch, diagnostics, server }: ReturnType<typeof watched>) => [
    await registry.metrics(),
    JSON.stringify(await aiwatch.health.readiness()),
    JSON.stringify([...aiwatch.health.versions]),
    JSON.stringify(diagnostics.map(({ source, what, error }) => [source, what, String(error), (error as Error).stack])),
    JSON.stringify([server.name, server.last]),
    JSON.stringify(aiwatch.summary()),
  ];

  it.each([
    ["well", 200],
    ["refused", 401],
    ["redirected", 307],
  ])("goes to the server, and into no signal, where it is %s", async (_how, status) => {
    const location = { location: `http://${closedAddress}/canary-path` };
    const answer = { status, body: captured.metrics(), headers: location };
    const { url, headersAsked } = await scriptedServer(llamaServerScript(status === 200 ? {} : { "/metrics": answer }));
    const withUser = url.replace("://", "://canary-user:canary-%70assword@");
    const bearer = watched({ url: `${url}/v1?key=canary-query#canary-hash`, apiKey: "canary-key" });
    const basic = watched({ url: withUser });
    for (const each of [bearer, basic]) {
      await each.figures();
      for (const text of await signals(each)) expect(text).not.toMatch(/canary/);
    }
    const sent = new Set(headersAsked.map(({ authorization }) => authorization));
    const credentials = Buffer.from("canary-user:canary-password").toString("base64");
    expect(sent).toEqual(new Set(["Bearer canary-key", `Basic ${credentials}`]));
  });
});

it("asks outside of the scrape's trace, and leaves its context as it was", async () => {
  const contexts = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(contexts);
  onTestFinished(() => context.disable());
  const { url, headersAsked } = await scriptedServer(llamaServerScript());
  const { server, clock } = watched({ url });
  await server.read();
  clock.step();
  const seen: unknown[] = [];
  const app = new AsyncLocalStorage<string>();
  const spanContext = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
  const inTrace = trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(spanContext));
  const active = vi.spyOn(contexts, "with");
  await app.run("request", () =>
    context.with(inTrace, async () => {
      await server.read();
      seen.push(trace.getSpan(context.active())?.spanContext().traceId, app.getStore());
    }),
  );
  expect(seen).toEqual([spanContext.traceId, "request"]);
  expect(active.mock.calls.map(([used]) => trace.getSpan(used)?.spanContext().traceId)).toEqual([
    spanContext.traceId,
    undefined,
  ]);
  expect(headersAsked.filter(({ traceparent }) => traceparent !== undefined)).toEqual([]);
});
