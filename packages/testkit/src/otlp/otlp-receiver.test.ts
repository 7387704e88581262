import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OtlpReceiver, otlpReceiver } from "./otlp-receiver.ts";

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await otlpReceiver();
});
afterEach(() => receiver.close());

/** Two spans through the real SDK and a real exporter. */
async function send(exporter: SpanExporter) {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "chat-api" }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer("our-scope", "1.2.3");
  const link = tracer.startSpan("linked");
  const span = tracer.startSpan("chat", {
    kind: SpanKind.CLIENT,
    startTime: [1_700_000_000, 123_456_789],
    attributes: { text: "ä", whole: 42, large: 2 ** 60, fraction: 0.5, yes: true, list: ["a", "b"] },
    links: [{ context: link.spanContext(), attributes: { why: "follows" } }],
  });
  span.addEvent("first token", { n: 1 }, [1_700_000_000, 200_000_000]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: "out of memory" });
  span.end([1_700_000_001, 0]);
  await provider.shutdown();
  return { span: span.spanContext(), link: link.spanContext() };
}

const exporters = {
  protobuf: () => new ProtobufExporter({ url: `${receiver.url}/v1/traces` }),
  "gzipped protobuf": () => new ProtobufExporter({ url: `${receiver.url}/v1/traces`, compression: "gzip" as never }),
  JSON: () => new JsonExporter({ url: `${receiver.url}/v1/traces` }),
  "gzipped JSON": () => new JsonExporter({ url: `${receiver.url}/v1/traces`, compression: "gzip" as never }),
};

describe.each(Object.entries(exporters))("a span sent as %s by OpenTelemetry's exporter", (encoding, exporter) => {
  it("comes back as it was written", async () => {
    const sent = await send(exporter());
    const spans = await receiver.waitForSpans((all) => all.length === 1);
    expect(spans).toEqual(receiver.spans());
    expect(spans[0]).toEqual({
      traceId: sent.span.traceId,
      spanId: sent.span.spanId,
      name: "chat",
      kind: "client",
      startTimeUnixNano: 1_700_000_000_123_456_789n,
      endTimeUnixNano: 1_700_000_001_000_000_000n,
      attributes: expect.objectContaining({ text: "ä", whole: 42, fraction: 0.5, yes: true, list: ["a", "b"] }),
      status: { code: "error", message: "out of memory" },
      events: [{ name: "first token", timeUnixNano: 1_700_000_000_200_000_000n, attributes: { n: 1 } }],
      links: [{ traceId: sent.link.traceId, spanId: sent.link.spanId, attributes: { why: "follows" } }],
      resource: expect.objectContaining({ "service.name": "chat-api" }),
      scope: { name: "our-scope", version: "1.2.3" },
    });
    expect(Number(spans[0]!.attributes["large"])).toBe(2 ** 60);
    expect(receiver.requests).toBe(1);
    expect(receiver.headers()[0]?.["content-encoding"]).toBe(encoding.startsWith("gzipped") ? "gzip" : undefined);
  });
});

describe("otlpReceiver", () => {
  const post = (body: string, type = "application/json") =>
    fetch(`${receiver.url}/v1/traces`, { method: "POST", headers: { "content-type": type }, body });
  const spanWith = (fields: object) =>
    JSON.stringify({
      resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: "a".repeat(32), spanId: "b".repeat(16), ...fields }] }] }],
    });

  it("keeps the parent, and leaves it out of a root", async () => {
    await post(spanWith({ parentSpanId: "C".repeat(16), name: "child" }));
    await post(spanWith({ parentSpanId: "", name: "root" }));
    const [child, root] = receiver.spans();
    expect(child).toMatchObject({ name: "child", parentSpanId: "c".repeat(16), kind: "unspecified" });
    expect(root).not.toHaveProperty("parentSpanId");
    expect(receiver.requests).toBe(2);
  });

  it("answers full success in the encoding asked for", async () => {
    const answer = await post("{}");
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({});
    const protobuf = await post("", "application/x-protobuf");
    expect(protobuf.headers.get("content-type")).toBe("application/x-protobuf");
    expect(await protobuf.text()).toBe("");
  });

  it("wakes a wait when the span comes", async () => {
    const wait = receiver.waitForSpans((spans) => spans.some(({ name }) => name === "late"));
    await post(spanWith({ name: "early" }));
    await post(spanWith({ name: "late" }));
    expect((await wait).map(({ name }) => name)).toEqual(["early", "late"]);
  });

  it("says what it has when the deadline passes", async () => {
    await post(spanWith({ name: "other" }));
    const wait = receiver.waitForSpans(() => false, { timeoutMs: 1 });
    await expect(wait).rejects.toThrow("waited 1 ms for spans; so far 1 requests with: other");
  });

  it("ends waits when it is closed", async () => {
    const wait = receiver.waitForSpans(() => false);
    const ended = expect(wait).rejects.toThrow("the OTLP receiver was closed");
    await receiver.close();
    await ended;
  });

  it.each([
    ["no JSON", "nonsense", "application/json"],
    ["a span id that is too short", spanWith({ spanId: "bb" }), "application/json"],
    ["a trace id of zeros", spanWith({ traceId: "0".repeat(32) }), "application/json"],
    ["a kind that does not exist", spanWith({ kind: 9 }), "application/json"],
    ["an attribute sent twice", spanWith({ attributes: [{ key: "a" }, { key: "a" }] }), "application/json"],
    ["no protobuf", "nonsense", "application/x-protobuf"],
    ["an unknown content type", "{}", "text/plain"],
  ])("refuses %s, and fails whoever waits", async (_, body, type) => {
    const failed = expect(receiver.waitForSpans(() => false)).rejects.toThrow("the OTLP request cannot be decoded");
    expect((await post(body, type)).status).toBe(400);
    await failed;
  });

  it("has nothing elsewhere", async () => {
    expect((await fetch(`${receiver.url}/v1/metrics`, { method: "POST" })).status).toBe(404);
    expect(receiver.requests).toBe(0);
  });
});
