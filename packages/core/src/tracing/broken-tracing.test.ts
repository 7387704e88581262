import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { afterEach, describe, expect, it } from "vitest";
import { type Aiwatch, createAiwatch } from "../aiwatch/aiwatch.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { currentCorrelation } from "../request/scope.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { startSpan, withSpan } from "./span.ts";

afterEach(() => {
  trace.disable();
  context.disable();
});

function fail(): never {
  throw new Error("the app's tracing is broken");
}

const register = (startSpan: () => unknown) =>
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) } as unknown as TracerProvider);

/** A span whose methods a test can take from it. */
function nullSpan() {
  const spanContext = { traceId: "", spanId: "", traceFlags: 0 };
  const none = () => {};
  return { spanContext: () => spanContext, setAttribute: none, setAttributes: none, setStatus: none, updateName: none };
}

function ownManager(): ContextManager {
  return {
    active: () => ROOT_CONTEXT,
    with: (_context, action, thisArg, ...args) => action.call(thisArg as never, ...args),
    bind: (_context: Context, target) => target,
    enable: () => ownManager(),
    disable: () => ownManager(),
  };
}

/** What `withSpan` reports, it reports to the default instance. */
function reporting() {
  const reported: string[] = [];
  const { registry } = createTestAiwatch({ disabled: true });
  const aiwatch = createAiwatch({ registry, onDiagnostic: ({ source, what }) => reported.push(`${source}: ${what}`) });
  return { reported, close: () => aiwatch.close() };
}

/** What an app answers whose requests are observed. */
async function answerOf(aiwatch: Aiwatch): Promise<string> {
  const door = aiwatchExpress(aiwatch);
  const server = createServer((req, res) => door(req, res, () => res.end("answered"))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const answer = await response.text();
  server.close();
  await once(server, "close");
  return answer;
}

describe("where the app's tracing is broken, what it should trace runs all the same", () => {
  it("when a span cannot be started", async () => {
    register(fail);
    const { reported, close } = reporting();
    expect(withSpan("w", () => 5)).toBe(5);
    startSpan("s").end();
    expect(reported).toEqual(["tracer: starting a span", "tracer: starting a span"]);
    await close();
  });

  it("when a span cannot be ended: no error, no unhandled rejection, and the caller's error as it was", async () => {
    const span = { ...nullSpan(), end: fail, setAttribute: fail };
    register(() => span);
    const { reported, close } = reporting();
    const error = new TypeError("the app's");
    expect(withSpan("sync", () => 5)).toBe(5);
    expect(await withSpan("async", async () => 6)).toBe(6);
    expect(() =>
      withSpan("throws", () => {
        throw error;
      }),
    ).toThrow(error);
    await expect(withSpan("rejects", () => Promise.reject(error))).rejects.toBe(error);
    startSpan("held")[Symbol.dispose]();
    expect(reported).toEqual(new Array(5).fill("tracer: ending a span"));
    await close();
  });

  it.each([
    ["isRecording", 1],
    ["setAttribute", 1],
    ["spanContext", 0],
  ])("when a request's span throws at %s: it is ended, and the request is recorded", async (method, written) => {
    let ends = 0;
    const span = { ...nullSpan(), isRecording: () => true, end: () => (ends += 1), [method]: fail };
    register(() => span);
    const { aiwatch, requests, diagnostics } = createTestAiwatch();
    expect(await answerOf(aiwatch)).toBe("answered");
    expect([requests.length, ends]).toEqual([1, 1]);
    expect(requests[0]).toMatchObject({ status: 200 });
    const what = written === 1 ? "writing a request's span" : "reading a span's ids";
    expect(diagnostics).toMatchObject([{ source: "tracer", what }]);
  });

  it("when there is no telling which context is active", async () => {
    const broken: ContextManager = { ...ownManager(), active: fail };
    context.setGlobalContextManager(broken);
    const { aiwatch, requests } = createTestAiwatch();
    const { reported, close } = reporting();
    expect(await answerOf(aiwatch)).toBe("answered");
    expect(requests).toHaveLength(1);
    expect(currentCorrelation()).toEqual({});
    expect(reported).toEqual(["tracer: reading a span's ids"]);
    aiwatch.startInference({ model: "tiny" }).run(() => {});
    await close();
  });

  it("when a context cannot be activated: once, with its own error", async () => {
    const broken: ContextManager = { ...ownManager(), with: fail };
    context.setGlobalContextManager(broken);
    const { aiwatch, diagnostics, requests } = createTestAiwatch();
    let runs = 0;
    expect(withSpan("w", () => (runs += 1))).toBe(1);
    expect(aiwatch.startInference({ model: "tiny" }).run(() => (runs += 1))).toBe(2);
    expect(await answerOf(aiwatch)).toBe("answered");
    expect(requests).toHaveLength(1);
    expect(diagnostics.map(({ what }) => what)).toEqual([
      "activating an inference's span",
      "activating a request's span",
    ]);
  });
});
