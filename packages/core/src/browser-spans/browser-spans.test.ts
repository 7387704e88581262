import { createServer } from "node:http";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  AlwaysOffSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { afterEach, describe, expect, it } from "vitest";
import type { DoorOptions } from "../doors/door.ts";
import { aiwatchNode } from "../doors/node.ts";
import { clientReports } from "../reports/client-reports.ts";
import type { BrowserReport, BrowserSpan } from "../reports/schema.ts";
import { answerOf, batchOf, randomHex } from "../reports/test-support/batches.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { browserSpans } from "./index.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** An app with OpenTelemetry's SDK as its own, and its spans. */
async function serve(options: DoorOptions = {}, sampler?: Sampler) {
  const exporter = new InMemorySpanExporter();
  const processor = new SimpleSpanProcessor({ exporter });
  const browser: SpanProcessor = browserSpans({ processor });
  const provider = new TracerProvider({ spanProcessors: [processor, browser], ...(sampler && { sampler }) });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const test = createTestAiwatch({ service: "chat-api" });
  const reports = clientReports({ perClientPerMinute: 1e9, services: ["chat-web"] });
  const listener = aiwatchNode((_req, res) => void res.end("tea"), test.aiwatch, { reports, ...options });
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  closers.push(
    () => browser.shutdown(),
    () => server.close(),
    () => [trace, context, propagation].map((api) => api.disable()),
  );
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  /** Calls the app as a page does. @returns the page's span of that call */
  const call = async (parts: Partial<BrowserSpan> = {}) => {
    const span = answerOf({ traceId: randomHex(16), spanId: randomHex(8), startedAt: Date.now(), ...parts });
    const headers = { traceparent: `00-${span.traceId}-${span.spanId}-01` };
    await (await fetch(`${url}/chat`, { method: "POST", headers })).text();
    return span;
  };
  const post = async (parts: Partial<BrowserReport>) => {
    const init = {
      method: "POST",
      body: JSON.stringify(batchOf(parts)),
      headers: { "content-type": "application/json" },
    };
    return (await fetch(`${url}/aiwatch/browser`, init)).status;
  };
  const outcomes = () =>
    Promise.all(
      ["taken", "unknown_trace", "no_exporter"].map((outcome) =>
        test.sample("genai_app_client_spans_total", { outcome }),
      ),
    );
  const ofPages = () =>
    exporter.getFinishedSpans().filter((span) => span.instrumentationScope.name === "@aiwatch/browser");
  const ofServer = () =>
    exporter.getFinishedSpans().filter((span) => span.instrumentationScope.name === "@aiwatch/core");
  return { ...test, call, post, outcomes, ofPages, ofServer };
}

const ms = ([seconds, nanos]: ReadableSpan["startTime"]) => seconds * 1e3 + nanos / 1e6;

describe("a page's span", () => {
  it("is the parent of the server's, from outside, with its own resource", async () => {
    const { call, post, outcomes, ofPages, ofServer, diagnostics } = await serve();
    const span = await call({ status: 200, durationMs: 60_000, firstTextMs: 100, paintedMs: 120 });
    expect(await post({ service: "chat-web", release: "1.2", spans: [span] })).toBe(204);
    expect(await outcomes()).toEqual([1, 0, 0]);
    const [page] = ofPages();
    const [server] = ofServer();
    expect(server?.parentSpanContext?.spanId).toBe(page?.spanContext().spanId);
    expect(server?.spanContext().traceId).toBe(page?.spanContext().traceId);
    expect(page).toMatchObject({
      name: "answer",
      kind: 2,
      status: { code: 0 },
      attributes: {
        "aiwatch.from_outside": true,
        "aiwatch.browser.outcome": "answered",
        "http.response.status_code": 200,
      },
      resource: {
        attributes: { "service.name": "chat-web", "service.version": "1.2", "telemetry.sdk.language": "webjs" },
      },
    });
    const from = ms(page!.startTime);
    expect(from).toBe(span.startedAt);
    expect(ms(page!.endTime) - from).toBeCloseTo(60_000);
    expect(page?.events.map(({ name, time }) => [name, Math.round(ms(time) - from)])).toEqual([
      ["aiwatch.browser.first_text", 100],
      ["aiwatch.browser.painted", 120],
    ]);
    expect(page?.attributes).not.toHaveProperty("aiwatch.browser.clock_shift");
    expect(diagnostics).toEqual([]);
  });

  it("that failed is an error, by its type", async () => {
    const { call, post, ofPages } = await serve();
    await post({ spans: [await call({ outcome: "failed", errorType: "network" })] });
    expect(ofPages()).toMatchObject([{ status: { code: 2 }, attributes: { "error.type": "network" } }]);
  });

  it.each([
    ["years behind", -3e11],
    ["minutes ahead", 300_000],
  ])(
    "of a page whose clock is %s begins with the server's, and says by how much it was moved",
    async (_name, offMs) => {
      const { call, post, ofPages, ofServer } = await serve();
      const span = await call({ startedAt: Date.now() + offMs });
      await post({ spans: [span] });
      const [page] = ofPages();
      const began = ms(ofServer()[0]!.startTime);
      expect(ms(page!.startTime)).toBe(began);
      expect(page?.attributes["aiwatch.browser.clock_shift"]).toBeCloseTo((began - span.startedAt) / 1000);
      expect(Math.abs(ms(page!.startTime) - Date.now())).toBeLessThan(60_000);
    },
  );

  it("is taken once, and of the page alone that called", async () => {
    const { call, post, outcomes, ofPages } = await serve();
    const span = await call();
    await post({ spans: [{ ...span, spanId: randomHex(8) }, span, span] });
    await post({ spans: [span] });
    expect(await outcomes()).toEqual([1, 3, 0]);
    expect(ofPages().map((page) => page.spanContext().spanId)).toEqual([span.spanId]);
  });

  it("is not taken of a trace that the app did not answer", async () => {
    const { post, outcomes, ofPages } = await serve();
    await post({ spans: [answerOf({ traceId: randomHex(16), spanId: randomHex(8) })] });
    expect([await outcomes(), ofPages()]).toEqual([[0, 1, 0], []]);
  });

  it.each([
    ["a trace that the server does not sample", {}, new AlwaysOffSampler()],
    ["a span that the server records and does not sample", {}, { shouldSample: () => ({ decision: 1 }) }],
    ["an app that does not go on with a caller's trace", { outsideParents: "none" } as const, undefined],
  ])("is not taken of %s", async (_name, options, sampler) => {
    const { call, post, outcomes, ofPages } = await serve(options, sampler);
    await post({ spans: [await call()] });
    expect([await outcomes(), ofPages()]).toEqual([[0, 1, 0], []]);
  });

  it("is taken while the server still answers, as of a page that was left", async () => {
    const { outcomes, post, ofPages } = await serve();
    // the server's span began with its context: another one than `serve` made
    const ids = { traceId: randomHex(16), spanId: randomHex(8) };
    const parent = { ...ids, traceFlags: 1, isRemote: true };
    const root = trace.setSpanContext(context.active(), parent);
    const server = trace.getTracer("@aiwatch/core").startSpan("POST /chat", { kind: 1 }, root);
    await post({ spans: [answerOf({ ...ids, outcome: "aborted" })] });
    expect([await outcomes(), ofPages().length]).toEqual([[1, 0, 0], 1]);
    server.end();
    await post({ spans: [answerOf({ ...ids, outcome: "aborted" })] });
    expect(await outcomes()).toEqual([1, 1, 0]);
  });

  it("is of a service that the app lists, or of its own", async () => {
    const { call, post, ofPages } = await serve();
    for (const service of ["chat-web", "payments", undefined]) await post({ service, spans: [await call()] });
    expect(ofPages().map(({ resource }) => resource.attributes["service.name"])).toEqual([
      "chat-web",
      "other",
      "chat-api-browser",
    ]);
  });

  it("has nowhere to go once the SDK is shut down", async () => {
    const { call, post, outcomes } = await serve();
    const span = await call();
    for (const close of closers.splice(0, 1)) await close();
    await post({ spans: [span] });
    expect(await outcomes()).toEqual([0, 0, 1]);
  });

  it("that the app's processor throws at is a diagnostic, and the page gets its answer", async () => {
    const { call, post, diagnostics, outcomes } = await serve();
    const broken = browserSpans({
      processor: {
        onEnd() {
          throw new Error("full");
        },
      },
    });
    closers.push(() => broken.shutdown());
    const provider = new TracerProvider({ spanProcessors: [broken] });
    trace.disable();
    trace.setGlobalTracerProvider(provider);
    expect(await post({ spans: [await call()] })).toBe(204);
    expect(diagnostics.map(({ what }) => what)).toEqual(["handing on a browser's span"]);
    expect(await outcomes()).toEqual([0, 0, 0]);
  });
});
