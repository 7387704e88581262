import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { RPCType, setRPCMetadata, W3CTraceContextPropagator } from "@opentelemetry/core";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import express from "express";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { aiwatchExpress } from "../doors/express.ts";
import { currentCorrelation } from "../request/scope.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { startSpan, withSpan } from "./span.ts";

const exporter = new InMemorySpanExporter();
beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
  propagation.disable();
});

const spans = () => exporter.getFinishedSpans();
const traceId = "0af7651916cd43dd8448eb211c80319c";
const parentId = "b7ad6b7169203331";

async function exchange(
  build: (app: ReturnType<typeof express>) => void,
  headers: Record<string, string> = {},
  path = "/chat/7?key=secret",
) {
  let onClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve;
  });
  const test = createTestAiwatch({ observers: [{ name: "closed", requestEnded: () => onClosed() }] });
  const app = express();
  app.set("env", "test");
  app.use(aiwatchExpress(test.aiwatch));
  build(app);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers })).text();
  await closed;
  server.close();
  return test;
}

describe("a request's span", () => {
  it("continues the caller's trace and holds the inference's span", async () => {
    const { aiwatch } = createTestAiwatch();
    let inside = {};
    const { requests } = await exchange(
      (app) =>
        app.get("/chat/:id", (_req, res) => {
          const inference = aiwatch.startInference({ model: "tiny", parameters: { maxTokens: 9, temperature: 0 } });
          inference.run(() => {
            inside = currentCorrelation();
          });
          inference.evaluationBegun();
          inference.promptTokens(4, 1);
          inference.token(2);
          inference.end({ unified: "stop", raw: "eogToken" });
          res.send("ok");
        }),
      { traceparent: `00-${traceId}-${parentId}-01`, "x-request-id": "r-1", "user-agent": "tester" },
    );
    const [chat, server] = spans();
    expect(server).toMatchObject({
      name: "GET /chat/:id",
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId, spanId: parentId },
      attributes: {
        "http.request.method": "GET",
        "http.route": "/chat/:id",
        "http.response.status_code": 200,
        "url.path": "/chat/7",
        "url.scheme": "http",
        "user_agent.original": "tester",
        "aiwatch.request.id": "r-1",
      },
    });
    expect(chat).toMatchObject({
      name: "chat tiny",
      kind: SpanKind.INTERNAL,
      parentSpanContext: { traceId, spanId: server!.spanContext().spanId },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "llama.cpp",
        "gen_ai.request.model": "tiny",
        "gen_ai.request.max_tokens": 9,
        "gen_ai.request.temperature": 0,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 2,
        "gen_ai.usage.cache_read.input_tokens": 1,
      },
    });
    expect(inside).toEqual({ requestId: "r-1", traceId, spanId: chat!.spanContext().spanId });
    expect(requests[0]).toMatchObject({ traceId, spanId: server!.spanContext().spanId });
    expect(JSON.stringify(spans().map((span) => span.attributes))).not.toContain("secret");
  });

  it("holds no more than the beginning of a long path", async () => {
    await exchange((app) => app.get("/chat/:id", (_req, res) => void res.send("ok")), {}, `/${"x".repeat(9000)}`);
    expect(String(spans()[0]!.attributes["url.path"])).toHaveLength(512);
  });

  it("marks a failed request, and only then", async () => {
    await exchange((app) =>
      app.get("/chat/:id", () => {
        throw new Error("secret");
      }),
    );
    expect(spans()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { "error.type": "internal" },
    });
    exporter.reset();
    await exchange(() => {});
    expect(spans()[0]).toMatchObject({ name: "GET", status: { code: SpanStatusCode.UNSET } });
    expect(spans()[0]!.attributes).not.toHaveProperty("http.route");
  });

  it("is the app's own where it has one: enriched, not doubled, not ended", async () => {
    const { aiwatch, requests } = createTestAiwatch();
    const own = trace.getTracer("app").startSpan("own server span");
    const active = setRPCMetadata(trace.setSpan(context.active(), own), { type: RPCType.HTTP, span: own });
    const app = express();
    app.use(aiwatchExpress(aiwatch));
    app.get("/x", (_req, res) => void res.send("ok"));
    const server = app.listen(0, "127.0.0.1");
    const handle = server.listeners("request")[0] as (...args: unknown[]) => void;
    server.removeAllListeners("request");
    server.on("request", (req, res) => {
      // as OpenTelemetry's HTTP instrumentation does it: its listener is there before ours
      res.on("close", () => own.end());
      context.with(active, () => handle.call(server, req, res));
    });
    await once(server, "listening");
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`)).text();
    server.close();
    await once(server, "close");
    expect(spans()).toMatchObject([{ name: "GET /x", attributes: { "http.route": "/x" } }]);
    expect(requests[0]).toMatchObject({ spanId: own.spanContext().spanId });
  });
});

describe("an inference's span", () => {
  it("shows an abort as the convention does: finish reason error, status unset", () => {
    createTestAiwatch().aiwatch.startInference({ model: "tiny" }).abort();
    expect(spans()).toMatchObject([
      {
        attributes: { "gen_ai.response.finish_reasons": ["error"], "aiwatch.finish_reason": "aborted" },
        status: { code: SpanStatusCode.UNSET },
      },
    ]);
  });

  it("names a failure by its class and keeps its message out", () => {
    createTestAiwatch().aiwatch.startInference({ model: "tiny" }).fail(new RangeError("secret"));
    expect(spans()).toMatchObject([
      { attributes: { "error.type": "RangeError" }, status: { code: SpanStatusCode.ERROR } },
    ]);
    expect(spans()[0]!.status.message).toBe(undefined);
    expect(spans()[0]!.events).toEqual([]);
  });

  it("does no harm when the tracer throws", () => {
    const { aiwatch, inferences, diagnostics } = createTestAiwatch();
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.span.end = () => {
      throw new Error("no");
    };
    inference.end({ unified: "stop" });
    expect(inferences).toHaveLength(1);
    expect(diagnostics).toMatchObject([{ source: "tracer" }]);
  });
});

describe("withSpan", () => {
  it("gives the very promise back, and marks and rethrows the error", async () => {
    const promise = Promise.resolve(5);
    expect(withSpan("same", () => promise)).toBe(promise);
    await promise;
    const error = new TypeError("secret");
    await expect(withSpan("fails", () => Promise.reject(error))).rejects.toBe(error);
    expect(() =>
      withSpan("throws", () => {
        throw error;
      }),
    ).toThrow(error);
    expect(spans().map((span) => [span.name, span.status.code])).toEqual([
      ["same", SpanStatusCode.UNSET],
      ["fails", SpanStatusCode.ERROR],
      ["throws", SpanStatusCode.ERROR],
    ]);
  });

  it("leaves a thenable alone that is no promise: it may run whenever it is awaited", async () => {
    let runs = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: a query builder's
      then(resolve: (rows: number) => void) {
        runs += 1;
        resolve(3);
      },
    };
    expect(await withSpan("query", () => query)).toBe(3);
    expect(runs).toBe(1);
    expect(spans()).toMatchObject([{ name: "query" }]);
  });

  it("takes an abort for no failure", async () => {
    const reason = new DOMException("gone", "AbortError");
    await expect(withSpan("aborted", () => Promise.reject(reason))).rejects.toBe(reason);
    expect(spans()).toMatchObject([{ name: "aborted", status: { code: SpanStatusCode.UNSET } }]);
  });

  it("is the parent of what runs inside; startSpan is not", () => {
    withSpan("outer", () => {
      using _held = startSpan("held");
      startSpan("inner").end();
    });
    const outer = spans()
      .find((span) => span.name === "outer")!
      .spanContext().spanId;
    expect(spans().map((span) => [span.name, span.parentSpanContext?.spanId])).toEqual([
      ["inner", outer],
      ["held", outer],
      ["outer", undefined],
    ]);
  });
});

it("go to whom the app's provider hands on to now", () => {
  const [first, second] = [new InMemorySpanExporter(), new InMemorySpanExporter()];
  const providers = [first, second].map(
    (to) => new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: to })] }),
  );
  trace.disable();
  trace.setGlobalTracerProvider({ getTracer: (...of) => providers[0]!.getTracer(...of) });
  startSpan("one").end();
  providers.shift();
  startSpan("two").end();
  expect([first, second].map((to) => to.getFinishedSpans().map(({ name }) => name))).toEqual([["one"], ["two"]]);
});
