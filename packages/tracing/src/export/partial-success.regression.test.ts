import { catalogue, createAiwatch } from "@aiwatch/core";
import { testServer } from "@aiwatch/testkit";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { startSpan, startTracing } from "../index.ts";
import type { OtlpProtocol } from "../settings/rows.ts";
import { cleanTracing } from "../test-support/clean-tracing.ts";
import { grpcCollector } from "../test-support/grpc-collector.ts";

cleanTracing();

interface PartialSuccess {
  readonly rejectedSpans?: number;
  readonly errorMessage?: string;
}

/** `ExportTraceServiceResponse`, as its protocol files define it. */
function protobuf({ rejectedSpans, errorMessage }: PartialSuccess): Buffer {
  const count = rejectedSpans === undefined ? [] : [0x08, ...varint(rejectedSpans)];
  const text = errorMessage === undefined ? [] : [0x12, errorMessage.length, ...Buffer.from(errorMessage)];
  return Buffer.from([0x0a, count.length + text.length, ...count, ...text]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** JSON writes numbers of 64 bits as texts. */
function json({ rejectedSpans, errorMessage }: PartialSuccess): Buffer {
  const partialSuccess = { ...(rejectedSpans !== undefined && { rejectedSpans: `${rejectedSpans}` }), errorMessage };
  return Buffer.from(JSON.stringify({ partialSuccess }));
}

const closes: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** A collector that takes everything, and then says what it thinks of it. */
async function collector(protocol: OtlpProtocol, answers: readonly PartialSuccess[]): Promise<string> {
  const bodies = answers.map(protocol === "http/json" ? json : protobuf);
  if (protocol === "grpc") {
    const { endpoint, close } = await grpcCollector(true, bodies[0]);
    closes.push(close);
    return endpoint;
  }
  let asked = 0;
  const type = protocol === "http/json" ? "application/json" : "application/x-protobuf";
  const server = await testServer((request, response) => {
    request.resume().on("end", () => response.writeHead(200, { "content-type": type }).end(bodies[asked++]));
  });
  closes.push(() => server.close());
  return server.url;
}

async function droppedBy(protocol: OtlpProtocol, answers: readonly PartialSuccess[], spans = 20): Promise<number> {
  const tracing = startTracing({ endpoint: await collector(protocol, answers), protocol });
  for (const _ of answers) {
    for (let n = 0; n < spans; n += 1) startSpan("x").end();
    await tracing.flush();
  }
  await tracing.shutdown();
  return tracing.dropped;
}

describe.each<OtlpProtocol>(["http/protobuf", "http/json", "grpc"])("of a partial success over %s", (protocol) => {
  it.each([
    ["all spans are lost where it rejected all", { rejectedSpans: 20, errorMessage: "full" }, 20],
    ["those that it rejected are lost, and no other", { rejectedSpans: 3, errorMessage: "full" }, 3],
    ["none is lost where it only warns", { errorMessage: "slow down" }, 0],
    ["none is lost where it rejected none", { rejectedSpans: 0, errorMessage: "slow down" }, 0],
    ["no more are lost than were sent, whatever it says", { rejectedSpans: 1_000_000 }, 20],
    ["none is lost of one that says nothing", {}, 0],
  ])("%s", async (_what, answer, dropped) => {
    expect(await droppedBy(protocol, [answer])).toBe(dropped);
  });
});

it("each export's rejected spans are its own, one after the other", async () => {
  const answers = [{ rejectedSpans: 2 }, {}, { rejectedSpans: 1 }, { errorMessage: "x" }];
  expect(await droppedBy("http/protobuf", answers, 5)).toBe(3);
});

it("each export's rejected spans are its own, several at once", async () => {
  vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5");
  const answers = [{ rejectedSpans: 5 }, { rejectedSpans: 9 }, {}, { rejectedSpans: 1 }];
  const tracing = startTracing({ endpoint: await collector("http/json", answers), protocol: "http/json" });
  for (let n = 0; n < 20; n += 1) startSpan("x").end();
  await tracing.shutdown();
  expect(tracing.dropped).toBe(11);
});

it("they are in the metric of the default instance", async () => {
  const registry = new Registry();
  const aiwatch = createAiwatch({ registry });
  await droppedBy("http/protobuf", [{ rejectedSpans: 7 }]);
  const dropped = await registry.getSingleMetric(catalogue.spansDropped.name)?.get();
  expect(dropped?.values).toEqual([{ labels: {}, value: 7 }]);
  await aiwatch.close();
});
