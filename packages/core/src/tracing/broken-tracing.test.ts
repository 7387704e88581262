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
import { createAiwatch } from "../aiwatch.ts";
import { aiwatchExpress } from "../express/index.ts";
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

/** What `withSpan` reports, it reports to the default instance. */
function reporting() {
  const reported: string[] = [];
  const { registry } = createTestAiwatch({ disabled: true });
  const aiwatch = createAiwatch({ registry, onDiagnostic: ({ source, what }) => reported.push(`${source}: ${what}`) });
  return { reported, close: () => aiwatch.close() };
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
    const span = {
      ...trace.wrapSpanContext({ traceId: "", spanId: "", traceFlags: 0 }),
      end: fail,
      setAttribute: fail,
    };
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

  it("when a context cannot be activated: once, with its own error", async () => {
    const broken: ContextManager = {
      active: () => ROOT_CONTEXT,
      with: fail,
      bind: (_context: Context, target) => target,
      enable: () => broken,
      disable: () => broken,
    };
    context.setGlobalContextManager(broken);
    const { aiwatch, diagnostics, requests } = createTestAiwatch();
    let runs = 0;
    expect(withSpan("w", () => (runs += 1))).toBe(1);
    expect(aiwatch.startInference({ model: "tiny" }).run(() => (runs += 1))).toBe(2);
    const door = aiwatchExpress(aiwatch);
    const server = createServer((req, res) => door(req, res, () => res.end("answered"))).listen(0, "127.0.0.1");
    await once(server, "listening");
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await response.text()).toBe("answered");
    server.close();
    await once(server, "close");
    expect(requests).toHaveLength(1);
    expect(diagnostics.map(({ what }) => what)).toEqual([
      "activating an inference's span",
      "activating a request's span",
    ]);
  });
});
