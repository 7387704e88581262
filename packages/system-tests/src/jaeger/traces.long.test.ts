import { describeWithTool, type JaegerSearch, launchChromium, startJaeger } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, askAndLeave, browserSpan, type ChatRequest } from "./test-support/browser.ts";
import { sumOf } from "./test-support/metrics.ts";
import { hasSpans, type ShownSpan, spanOf } from "./test-support/spans.ts";
import { protocols, Stage, serviceOf } from "./test-support/stage.ts";
import { startDemo } from "./test-support/start-app.ts";

/** Words that no name and no setting has. */
const secret = "periwinkle armadillo";

/** More than the context holds: the engine refuses it. */
const tooMuch: ChatRequest = { message: secret, instructions: `${secret} `.repeat(1000) };

/** A span's beginning is known to the millisecond, its duration to the microsecond. */
const clock = { start: 1000, duration: 1 };

describeWithTool("jaeger", "a trace in Jaeger: browser, server, model", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.begin();
  });
  afterAll(() => stage?.end());

  it.each(protocols)("over %s it says who answered, what, and in which time", async (protocol) => {
    // the next chat has the beginning of its prompt in common with this one
    await stage.chat(protocol, { message: secret });
    const before = await sumOf(stage.app(protocol).url);
    const { answer, server, model } = await stage.chat(protocol, { message: secret });
    const after = await sumOf(stage.app(protocol).url);

    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^[A-Z].*\.$/) });
    expectWithin(server, model);
    expect(server.tags).toMatchObject({
      "span.kind": "server",
      "http.request.method": "POST",
      "http.route": "/chat",
      "http.response.status_code": 200,
      "user_agent.original": "Mozilla/5.0 (a page)",
    });
    expect(model.tags).toMatchObject({
      "span.kind": "internal",
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "llama.cpp",
      "gen_ai.request.model": "tiny-chat",
      "gen_ai.request.temperature": 0.8,
      "gen_ai.request.seed": 7,
      "gen_ai.response.finish_reasons": '["stop"]',
      "gen_ai.usage.input_tokens": answer.promptTokens,
      "gen_ai.usage.output_tokens": answer.outputTokens,
      "aiwatch.request.id": server.tags["aiwatch.request.id"],
    });
    expect(model.tags["gen_ai.usage.cache_read.input_tokens"]).toBeGreaterThan(0);
    for (const [direction, tokens] of [
      ["input", answer.promptTokens],
      ["output", answer.outputTokens],
    ] as const) {
      const total = ["genai_app_chat_tokens_total", `direction="${direction}"`] as const;
      expect(after(...total) - before(...total)).toBe(tokens);
    }
    for (const span of [server, model]) {
      expect(span.tags["error"]).toBeUndefined();
      expect(span.service).toMatchObject({
        "service.name": serviceOf(protocol),
        "service.version": "4.5.6",
        "deployment.environment.name": "system-test",
      });
    }
  });

  it.each(protocols)("over %s a failure is an error, of the model and of the server", async (protocol) => {
    const { answer, server, model } = await stage.chat(protocol, tooMuch);
    expect(answer.status).toBe(500);
    expectWithin(server, model);
    expect(server.tags).toMatchObject({ error: true, "http.response.status_code": 500, "error.type": "internal" });
    expect(model.tags).toMatchObject({
      error: true,
      "error.type": "context_overflow",
      "gen_ai.response.finish_reasons": '["error"]',
      "aiwatch.finish_reason": "error",
    });
  });

  it.each(protocols)("over %s an answer that its reader leaves is aborted, and no error", async (protocol) => {
    const browser = browserSpan();
    await askAndLeave(stage.app(protocol).url, { message: secret, endless: true }, browser);
    const { server, model } = await stage.find(browser, "chat tiny-endless");
    expect(server.tags).toMatchObject({ "http.response.status_code": 499 });
    // GenAI's conventions have no other word for it
    expect(model.tags).toMatchObject({
      "gen_ai.response.finish_reasons": '["error"]',
      "aiwatch.finish_reason": "aborted",
      "gen_ai.usage.output_tokens": expect.any(Number),
    });
    for (const { tags } of [server, model]) expect(tags["error"]).toBeUndefined();
  });

  it.each(protocols)("over %s it is found by service, operation and tags", async (protocol) => {
    const good = (await stage.chat(protocol, { message: secret })).trace.traceID;
    const bad = (await stage.chat(protocol, tooMuch)).trace.traceID;
    const service = serviceOf(protocol);
    const found = async (query: Omit<JaegerSearch, "service">) =>
      (await stage.jaeger.search({ service, ...query })).map(({ traceID }) => traceID);

    expect(await stage.jaeger.services()).toContain(service);
    for (const operation of ["POST /chat", "chat tiny-chat"]) {
      expect(await found({ operation })).toEqual(expect.arrayContaining([good, bad]));
    }
    expect(await found({ operation: "chat tiny-endless" })).not.toContain(good);
    for (const [tag, answered, failed] of [
      ["http.response.status_code", "200", "500"],
      ["aiwatch.finish_reason", "stop", "error"],
    ] as const) {
      expect(await found({ tags: { [tag]: answered } })).toContain(good);
      expect(await found({ tags: { [tag]: answered } })).not.toContain(bad);
      expect(await found({ tags: { [tag]: failed } })).toContain(bad);
      expect(await found({ tags: { [tag]: failed } })).not.toContain(good);
    }
    expect(await found({ tags: { "error.type": "context_overflow" } })).toContain(bad);
  });

  it.each(protocols)("over %s nothing that was asked or answered is in it", async (protocol) => {
    const { answer } = await stage.chat(protocol, { message: secret });
    const shown = JSON.stringify(await stage.jaeger.search({ service: serviceOf(protocol) }));
    expect(shown).toContain("chat tiny-chat");
    const words = `${secret} ${answer.text}`.split(" ");
    expect(words.length).toBeGreaterThan(10);
    for (const [index, word] of words.slice(1).entries()) expect(shown).not.toContain(`${words[index]} ${word}`);
  });

  it("goes on after Jaeger was killed and came back, and no app took notice", async () => {
    const { ports } = stage.jaeger;
    const { traceID: old } = (await stage.chat("grpc", { message: secret })).trace;
    await stage.jaeger.close("SIGKILL");
    for (const protocol of protocols) {
      const { url } = stage.app(protocol);
      expect(await ask(url, { message: secret }, browserSpan())).toMatchObject({ status: 200 });
      const dropped = async () => (await sumOf(url))("genai_app_spans_dropped_total");
      await expect.poll(dropped, { timeout: 30_000 }).toBeGreaterThan(0);
    }
    stage.jaeger = await startJaeger({ ports });
    expect(await stage.jaeger.trace(old)).toBeUndefined();
    for (const protocol of protocols) {
      const { answer, model } = await stage.chatUntilShown(protocol, { message: secret });
      expect(model.tags["gen_ai.usage.output_tokens"]).toBe(answer.outputTokens);
      expect(model.service["service.name"]).toBe(serviceOf(protocol));
      expect(stage.app(protocol).process.stderr).toEqual([]);
    }
  });
});

describeWithTool("jaeger", "startJaeger", () => {
  it("quotes Jaeger where it does not start", async () => {
    const first = await startJaeger();
    await expect(startJaeger({ ports: first.ports })).rejects.toThrow("address already in use");
    await first.close();
    await first.close();
    await expect(first.services()).rejects.toThrow();
  });
});

describeWithTool(["jaeger", "chromium"], "the demo's page in Jaeger", () => {
  it("the trace that a real browser began goes on in the server and in the model", async () => {
    const jaeger = await startJaeger();
    const demo = await startDemo({ OTLP_ENDPOINT: `127.0.0.1:${jaeger.ports.otlpHttp}` });
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(demo.url);
      const asked = page.waitForRequest((request) => request.url().endsWith("/chat"));
      await page.getByLabel("Message").fill("How does a local model answer?");
      await page.keyboard.press("Enter");
      const [, traceId = "", spanId] = (await (await asked).headerValue("traceparent"))?.split("-") ?? [];

      const trace = await jaeger.traceUntil(traceId, hasSpans("POST /chat", "chat tiny-chat"));
      const [server, model] = [spanOf(trace, "POST /chat"), spanOf(trace, "chat tiny-chat")];
      expect(server.parents).toEqual([{ traceId, spanId }]);
      expect(server.service["service.name"]).toBe("chat-example");
      expect(server.tags["user_agent.original"]).toContain("Chrome");
      expect(model.parents).toEqual([{ traceId, spanId: server.spanId }]);
      expectWithin(server, model);
      expect(spanOf(trace, "wait for a sequence").parents).toEqual(model.parents);
    } finally {
      await browser.close();
      await demo.process.stop();
      await jaeger.close();
    }
  });
});

/** The child begins and ends within its parent. Not so where the reader left: the model stops when the request is over. */
function expectWithin(parent: ShownSpan, child: ShownSpan): void {
  expect(child.duration).toBeGreaterThan(0);
  expect(child.duration).toBeLessThanOrEqual(parent.duration + clock.duration);
  expect(child.start).toBeGreaterThanOrEqual(parent.start);
  expect(child.start + child.duration).toBeLessThanOrEqual(parent.start + parent.duration + clock.start);
}
