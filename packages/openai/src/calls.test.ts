import { getEventListeners } from "node:events";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { createLogger, logLevels, logTo } from "@aiwatch/logging";
import { recordSpans, type SpanRecorder } from "@aiwatch/testkit";
import { trace } from "@opentelemetry/api";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { observeFetch } from "./observe-fetch.ts";
import { captured } from "./test-support/captured.ts";
import { type ModelServer, modelServer, plays } from "./test-support/model-server.ts";

let recorder: SpanRecorder;
let server: ModelServer;
beforeAll(async () => {
  recorder = recordSpans();
  server = await modelServer((response, request, got) => {
    const name = got.body.includes('"include_usage":true') ? "chat-stream-usage" : "chat-stream";
    return plays(`llama-server/${got.body.includes('"stream":true') ? name : "chat"}`)(response, request, got);
  });
});
afterEach(() => recorder.reset());
afterAll(async () => {
  recorder.stop();
  await server.close();
});

const chat = "/v1/chat/completions";
const json = { "content-type": "application/json" };

/** A fetch that notes what it is given, and answers by a capture. */
function noting() {
  const calls: { readonly args: unknown[]; readonly self: unknown; readonly span: string | undefined }[] = [];
  const { status, headers, body } = captured("llama-server/chat");
  const promise = Promise.resolve(new Response(body, { status, headers }));
  const fetch = function (this: unknown, ...args: unknown[]) {
    calls.push({ args, self: this, span: trace.getActiveSpan()?.spanContext().spanId });
    return promise;
  };
  return { calls, promise, fetch: fetch as unknown as typeof globalThis.fetch };
}

describe("what is no call of a model goes straight through", () => {
  it.each([
    ["a GET", "http://localhost/v1/chat/completions", undefined],
    ["a PUT", "http://localhost/v1/chat/completions", { method: "PUT" }],
    ["another path", "http://localhost/v1/models", { method: "POST" }],
    ["a path that only begins like one", "http://localhost/v1/chat/completions/7", { method: "POST" }],
    ["Ollama's other routes", "http://localhost/api/show", { method: "POST" }],
    ["a load of Ollama's", "http://localhost/api/generate", { method: "POST", body: '{"model":"m","keep_alive":-1}' }],
    ["an unload of Ollama's", "http://localhost/api/chat", { method: "POST", body: '{"model":"m","messages":[]}' }],
    ["what is no URL", "nonsense", { method: "POST" }],
    ["nothing", undefined, undefined],
    ["an object", {}, { method: "POST" }],
  ])("%s", (_what, input, init) => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const { calls, promise, fetch } = noting();
    expect(observeFetch(fetch, { aiwatch })(input as never, init)).toBe(promise);
    expect(calls[0]?.args[1]).toBe(init);
    expect([inferences, diagnostics]).toEqual([[], []]);
  });
});

test("fetch gets the app's own arguments and `this`, inside the inference's span, before the call returns", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const { calls, fetch } = noting();
  const observed = observeFetch(fetch, { aiwatch });
  const [self, url, init] = [{}, new URL(`http://localhost${chat}`), { method: "POST", body: '{"model":"m"}' }];
  const answer = Reflect.apply(observed, self, [url, init]);
  expect([calls[0]?.args[0], calls[0]?.args[1], calls[0]?.self]).toEqual([url, init, self]);
  expect(calls[0]?.args[1]).toBe(init);
  await (await answer).text();
  expect(calls[0]?.span).toBe(inferences[0]?.spanId);
});

test.each([
  ["rejects", () => Promise.reject(new RangeError("theirs")), "RangeError"],
  [
    "throws",
    () => {
      throw new RangeError("theirs");
    },
    "RangeError",
  ],
])("a fetch that %s is failed by its own error", async (_how, fetch, type) => {
  const { aiwatch, inferences } = createTestAiwatch();
  const call = async () =>
    observeFetch(fetch as never as typeof globalThis.fetch, { aiwatch })(`http://localhost${chat}`, { method: "POST" });
  await expect(call()).rejects.toThrow(new RangeError("theirs"));
  expect(inferences).toMatchObject([{ failure: { type } }]);
});

test("a fetch that observes already stays itself", () => {
  const { aiwatch } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch });
  expect(observeFetch(observed, { aiwatch, model: "other" })).toBe(observed);
  expect([observed.name, observed.length]).toEqual([fetch.name, fetch.length]);
});

test("two clients around one fetch count a call once each: an outer layer is none of ours", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch });
  const outer: typeof fetch = (...args) => observed(...args);
  await (await outer(`${server.url}${chat}`, { method: "POST", body: "{}" })).text();
  expect(inferences).toHaveLength(1);
});

describe("a Request", () => {
  it("is sent as it is, and its model is read from a copy", async () => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const body = JSON.stringify({ model: "asked", stream: true });
    const request = new Request(`${server.url}${chat}`, { method: "POST", body, headers: json });
    await (await observeFetch(fetch, { aiwatch })(request)).text();
    expect(server.received.at(-1)?.body).toBe(body);
    expect(request.bodyUsed).toBe(true);
    expect(inferences).toMatchObject([{ model: "tiny-chat-5984d345f535", requestedModel: "asked", outputTokens: 3 }]);
    const spans = recorder.spans().map(({ name, attributes }) => [name, attributes["gen_ai.request.model"]]);
    expect(spans).toEqual([["chat asked", "asked"]]);
    expect(diagnostics).toEqual([]);
  });

  it("whose body streams is read at its own pace", async () => {
    const { aiwatch, inferences } = createTestAiwatch();
    const { calls, fetch } = noting();
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(Buffer.from(pulled === 1 ? '{"model":' : '"late"}'));
          if (pulled === 2) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request(`http://localhost${chat}`, { method: "POST", body, duplex: "half" } as RequestInit);
    const answer = observeFetch(fetch, { aiwatch })(request);
    expect([pulled, calls[0]?.args[0]]).toEqual([0, request]);
    await (await answer).text();
    expect(await request.text()).toBe('{"model":"late"}');
    expect(inferences).toHaveLength(1);
  });

  it("that is aborted ends its inference", async () => {
    const { aiwatch, inferences } = createTestAiwatch();
    const controller = new AbortController();
    controller.abort();
    const request = new Request(`${server.url}${chat}`, { method: "POST", body: "{}", signal: controller.signal });
    await expect(observeFetch(fetch, { aiwatch })(request)).rejects.toThrow("aborted");
    expect(inferences).toMatchObject([{ finishReason: { unified: "aborted" } }]);
  });
});

describe("the usage of a stream", () => {
  const ask = async (options: object, body: object, headers: Record<string, string> = json) => {
    const { aiwatch, inferences } = createTestAiwatch();
    const init = { method: "POST", headers, body: JSON.stringify({ model: "m", stream: true, ...body }) };
    const text = await (await observeFetch(fetch, { aiwatch, ...options })(`${server.url}${chat}`, init)).text();
    return { text, init, inferences, sent: JSON.parse(server.received.at(-1)?.body ?? "") };
  };

  it("is not asked for unless the app wants it", async () => {
    const { sent } = await ask({}, {});
    expect(sent).toEqual({ model: "m", stream: true });
  });

  it("is asked for by the option, and its event does not reach the app", async () => {
    const { sent, text, init, inferences } = await ask({ includeUsage: true }, { stream_options: { other: 1 } });
    expect(sent).toEqual({ model: "m", stream: true, stream_options: { other: 1, include_usage: true } });
    expect(JSON.parse(init.body)).toEqual({ model: "m", stream: true, stream_options: { other: 1 } });
    expect(text).not.toContain('"usage"');
    expect(text).toContain("[DONE]");
    expect(inferences).toMatchObject([{ promptTokens: 10, outputTokens: 3 }]);
  });

  it.each([
    ["asks itself", { stream_options: { include_usage: true } }, true],
    ["wants none", { stream_options: { include_usage: false } }, false],
  ])("is the app's own where it %s", async (_what, body, hasUsage) => {
    const { sent, text } = await ask({ includeUsage: true }, body);
    expect(sent).toMatchObject(body);
    expect(text.includes('"usage"')).toBe(hasUsage);
  });

  it("is not asked for without a stream", async () => {
    const { sent } = await ask({ includeUsage: true }, { stream: false });
    expect(sent).toEqual({ model: "m", stream: false });
  });
});

test("openai's retries are told apart", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const observed = observeFetch(fetch, { aiwatch });
  const name = "x-stainless-retry-count";
  for (const headers of [
    { [name]: "0" },
    new Headers({ [name]: "1" }),
    [[name, "2"]] as [string, string][],
    { [name]: "-1" },
  ]) {
    await (await observed(`${server.url}${chat}`, { method: "POST", body: "{}", headers })).text();
  }
  expect(inferences.map(({ attempt }) => attempt)).toEqual([0, 1, 2, undefined]);
});

test("tokens that the server counts as they come are counted as they come", async () => {
  const timed = await modelServer(plays("llama-server/chat-stream-timings"));
  const { aiwatch, sample } = createTestAiwatch();
  const init = { method: "POST", body: JSON.stringify({ model: "m", stream: true, timings_per_token: true }) };
  const reader = (await observeFetch(fetch, { aiwatch })(`${timed.url}${chat}`, init)).body?.getReader();
  for (let text = ""; !text.includes(" me"); ) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  const labels = { model: "tiny-chat-5984d345f535", direction: "output" };
  expect(await sample("genai_app_chat_tokens_total", labels)).toBeGreaterThan(1);
  await reader?.cancel();
  await timed.close();
});

test.each(logLevels)("no content, key or credential is in any signal, logs of the level %s included", async (level) => {
  const lines: string[] = [];
  const logger = createLogger({
    level,
    pretty: false,
    destination: { write: (line: string) => void lines.push(line) },
  });
  const { aiwatch, inferences, diagnostics, registry } = createTestAiwatch({ observers: [logTo(logger)] });
  const canary = "canary7f3a";
  const { fetch } = noting();
  const observed = observeFetch(fetch, { aiwatch });
  const init = {
    method: "POST",
    headers: { authorization: `Bearer ${canary}`, cookie: canary },
    body: JSON.stringify({ model: "m", messages: [{ role: "user", content: canary }], user: canary, max_tokens: 7 }),
  };
  await (await observed(`http://${canary}:${canary}@localhost${chat}?api-key=${canary}#${canary}`, init)).text();
  const broken = observeFetch((async () => Promise.reject(new Error(canary))) as typeof globalThis.fetch, { aiwatch });
  await broken(`http://${canary}:${canary}@localhost${chat}`, init).catch(() => {});
  for (const [status, body] of [
    [200, `${canary}{`],
    [200, JSON.stringify({ model: "m", choices: [{ message: { content: canary } }] })],
    [400, JSON.stringify({ error: { type: "invalid_request_error", message: canary } })],
  ] as const) {
    const odd = observeFetch((async () => new Response(body, { status })) as typeof globalThis.fetch, { aiwatch });
    await (await odd(`http://localhost${chat}`, init)).text();
  }
  const spans = recorder.spans().map(({ name, attributes, events, status }) => ({ name, attributes, events, status }));
  const faults = diagnostics.map(({ what, error }) => [what, String(error)]);
  const signals = JSON.stringify([inferences, spans, faults, lines, await registry.metrics(), aiwatch.summary()]);
  expect(inferences).toHaveLength(5);
  expect(lines.length === 0).toBe(["fatal", "silent"].includes(level));
  expect(signals).toContain("max_tokens");
  expect(signals).not.toContain(canary);
});

test("a signal that many calls share gets no warning, and no listener of ours stays", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on("warning", note);
  const listenersAfter = async (called: typeof fetch) => {
    const { signal } = new AbortController();
    const call = async () => (await called(`${server.url}${chat}`, { method: "POST", body: "{}", signal })).text();
    await Promise.all(Array.from({ length: 30 }, call));
    return getEventListeners(signal, "abort").length;
  };
  expect(await listenersAfter(observeFetch(fetch, { aiwatch }))).toBe(await listenersAfter(fetch));
  process.off("warning", note);
  expect(inferences).toHaveLength(30);
  expect(warnings).toEqual([]);
});

test("a URL and headers of other classes are read, too", async () => {
  const { aiwatch, inferences } = createTestAiwatch();
  const { fetch } = noting();
  const href = `http://localhost${chat}`;
  const headers = { get: (name: string) => (name === "x-stainless-retry-count" ? "2" : null) };
  const init = { method: "POST", body: "{}", headers } as never;
  await (await observeFetch(fetch, { aiwatch })({ href, toString: () => href } as never, init)).text();
  expect(inferences).toMatchObject([{ attempt: 2 }]);
});

test("a fetch keeps what it has besides, and is no constructor", () => {
  const { aiwatch } = createTestAiwatch();
  const mock = Object.assign(async () => new Response("{}"), { calls: [] });
  const observed = observeFetch(mock, { aiwatch });
  expect([observed.calls, observed.name, observed.length]).toEqual([mock.calls, mock.name, 0]);
  expect("prototype" in observeFetch(fetch, { aiwatch })).toBe("prototype" in fetch);
});

test.each([
  ["a connection that is refused", { method: "POST", body: "{}" }, "network"],
  ["a header that is none", { method: "POST", body: "{}", headers: { "a b": "c" } }, "TypeError"],
])("%s is told by its own kind", async (_what, init, type) => {
  const { aiwatch, inferences } = createTestAiwatch();
  const gone = await modelServer(() => {});
  await gone.close();
  await expect(observeFetch(fetch, { aiwatch })(`${gone.url}${chat}`, init)).rejects.toThrow(TypeError);
  expect(inferences).toMatchObject([{ failure: { type } }]);
});
