import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type AiwatchNodeOptions, aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { propagation, SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { startSpan, startTracing } from "./index.ts";
import type { StartTracingOptions } from "./options.ts";
import { cleanTracing } from "./test-support/clean-tracing.ts";

cleanTracing();

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentId = "00f067aa0ba902b7";
/** Among the first to be kept, whatever the ratio. */
const chosenId = `${"0".repeat(31)}1`;
const from = (id: string, flags: "00" | "01") => ({ traceparent: `00-${id}-${parentId}-${flags}` });

type Outside = AiwatchNodeOptions["outsideParents"] & {};

/** An app with the SDK, whose handler makes a span of its own. */
async function serve(tracing: StartTracingOptions, options: AiwatchNodeOptions = {}) {
  const spans: ReadableSpan[] = [];
  const done = async () => {};
  const processor = {
    onStart: () => {},
    onEnd: (span: ReadableSpan) => spans.push(span),
    forceFlush: done,
    shutdown: done,
  };
  startTracing({ ...tracing, spanProcessors: [processor as never] });
  const { aiwatch, requests } = createTestAiwatch();
  const seen: (string | undefined)[] = [];
  const listener = aiwatchNode(
    (_req, res) => {
      startSpan("inside").end();
      seen.push(propagation.getActiveBaggage()?.getEntry("who")?.value);
      res.end();
    },
    aiwatch,
    options,
  );
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const ask = async (headers: Record<string, string>) => {
    const count = requests.length;
    await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers })).text();
    await expect.poll(() => requests.length).toBe(count + 1);
    return requests[count];
  };
  const servers = () => spans.filter(({ kind }) => kind === SpanKind.SERVER);
  const inner = () => spans.filter(({ name }) => name === "inside");
  return { ask, servers, inner, seen };
}

describe("a caller that sends a traceparent", () => {
  it.each([
    ["trust", 0, "01", true],
    ["trust", 0, "00", false],
    ["trust", 1, "00", false],
    ["ids", 0, "01", false],
    ["ids", 0, "00", false],
    ["ids", 1, "00", true],
    ["ids", 1, "01", true],
    ["none", 0, "01", false],
    ["none", 1, "00", true],
  ] as const)(
    "under %s, with a ratio of %d and the flag %s: sampled is %s",
    async (outsideParents, sampleRatio, flags, sampled) => {
      const { ask, servers, inner } = await serve({ sampleRatio }, { outsideParents });
      const record = await ask(from(traceId, flags));
      expect([record?.sampled, servers().length, inner().length]).toEqual([sampled, sampled ? 1 : 0, sampled ? 1 : 0]);
    },
  );

  it.each(["trust", "ids", "none"] as const)("under %s is continued, or linked", async (outsideParents) => {
    const { ask, servers, inner } = await serve({}, { outsideParents });
    const record = await ask({ ...from(traceId, "01"), tracestate: "vendor=1", baggage: "who=outside" });
    const [server] = servers();
    const isLinked = outsideParents === "none";
    expect(server?.spanContext().traceId === traceId).toBe(!isLinked);
    expect(server?.parentSpanContext?.spanId).toBe(isLinked ? undefined : parentId);
    expect(server?.links.map((link) => [link.context.traceId, link.context.spanId])).toEqual(
      isLinked ? [[traceId, parentId]] : [],
    );
    expect(server?.spanContext().traceState?.get("vendor")).toBe(outsideParents === "trust" ? "1" : undefined);
    expect(inner()[0]?.parentSpanContext?.spanId).toBe(server?.spanContext().spanId);
    expect(record?.traceId).toBe(server?.spanContext().traceId);
  });

  it.each([
    ["trust", "outside"],
    ["ids", undefined],
    ["none", undefined],
  ] as const)("under %s has its baggage in the handlers: %s", async (outsideParents, who) => {
    const { ask, seen } = await serve({}, { outsideParents });
    await ask({ ...from(traceId, "01"), baggage: "who=outside" });
    expect(seen).toEqual([who]);
  });

  it.each(["parentbased_traceidratio", "traceidratio"] as const)(
    "under ids is not kept for the trace id that it chose, by the sampler %s",
    async (sampler) => {
      const { ask, servers } = await serve({ sampler, sampleRatio: 0.01 }, { outsideParents: "ids" });
      for (let n = 0; n < 200; n += 1) await ask(from(chosenId, "01"));
      // 2 are expected; 30 are out of reach
      expect(servers().length).toBeLessThan(30);
    },
  );

  it.each([
    ["parentbased_traceidratio", traceId],
    ["traceidratio", traceId],
    ["traceidratio", chosenId],
    ["traceidratio", "f".repeat(32)],
  ] as const)(
    "under ids lets the spans inside follow the request's, each of them, by %s, in %s",
    async (sampler, id) => {
      const { ask, servers, inner } = await serve({ sampler, sampleRatio: 0.5 }, { outsideParents: "ids" });
      for (let n = 0; n < 60; n += 1) await ask(from(id, "01"));
      const parents = servers().map((span) => span.spanContext().spanId);
      expect(inner().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(parents);
      expect(parents.length).toBeGreaterThan(0);
      expect(parents.length).toBeLessThan(60);
    },
  );

  it.each(["ids", "none"] as const)(
    "under %s has its flag kept by no sampler of the app's own",
    async (outsideParents) => {
      const { ask, servers } = await serve({ sampler: "always_on" }, { outsideParents });
      await ask(from(traceId, "01"));
      const [server] = servers();
      const flags = [server?.parentSpanContext?.traceFlags, server?.links[0]?.context.traceFlags];
      expect(flags).toEqual(outsideParents === "ids" ? [0, undefined] : [undefined, 0]);
    },
  );

  it.each([
    ["b3", "ids"],
    ["b3", "none"],
    ["b3multi", "ids"],
    ["b3multi", "none"],
  ] as const)("cannot force its way in by %s's own marks under %s", async (propagator, outsideParents) => {
    vi.stubEnv("OTEL_PROPAGATORS", propagator);
    const debug: Record<string, string> =
      propagator === "b3"
        ? { b3: `${traceId}-${parentId}-d` }
        : { "x-b3-traceid": traceId, "x-b3-spanid": parentId, "x-b3-flags": "1" };
    const { ask, servers } = await serve({ sampleRatio: 0 }, { outsideParents });
    expect((await ask(debug))?.sampled).toBe(false);
    expect(servers()).toEqual([]);
  });
});

describe("outsideParents", () => {
  it("is the variable's where no option says otherwise", async () => {
    vi.stubEnv("AIWATCH_OUTSIDE_PARENTS", " None ");
    const byVariable = await serve({ sampleRatio: 0 });
    expect((await byVariable.ask(from(traceId, "01")))?.sampled).toBe(false);
    const byOption = await serve({ sampleRatio: 0 }, { outsideParents: "trust" });
    expect((await byOption.ask(from(traceId, "01")))?.sampled).toBe(true);
  });

  it.each(["trust", "ids", "none"] as const)(
    "%s leaves a request without a traceparent to the ratio",
    async (outsideParents) => {
      const { ask, servers } = await serve({}, { outsideParents });
      expect((await ask({}))?.sampled).toBe(true);
      expect(servers().map(({ links, parentSpanContext }) => [links, parentSpanContext])).toEqual([[[], undefined]]);
    },
  );

  it.each(["id", "", true, {}])("is an error at the mount where it is %j", (outsideParents) => {
    const { aiwatch } = createTestAiwatch();
    expect(() => aiwatchNode(() => {}, aiwatch, { outsideParents: outsideParents as Outside })).toThrow(
      expect.objectContaining({
        code: "AIWATCH_INVALID_ARGUMENT",
        message: expect.stringMatching(/^outsideParents is .*, expected one of trust, ids, none$/),
      }),
    );
  });
});
