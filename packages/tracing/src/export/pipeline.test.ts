import { catalogue, createAiwatch } from "@aiwatch/core";
import { closedAddress, otlpReceiver, testServer } from "@aiwatch/testkit";
import { Registry } from "prom-client";
import { describe, expect, it, vi } from "vitest";
import { startSpan, startTracing, withSpan } from "../index.ts";
import { cleanTracing } from "../test-support/clean-tracing.ts";

cleanTracing();

const spans = (count: number) => {
  for (let i = 0; i < count; i++) startSpan("x").end();
};

describe("spans that are lost are counted", () => {
  it("none where all arrive, more than the queue holds at once included", async () => {
    const receiver = await otlpReceiver();
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "10");
    vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5");
    const tracing = startTracing({ endpoint: receiver.url });
    for (let round = 0; round < 3; round++) {
      spans(10);
      await tracing.flush();
    }
    await tracing.shutdown();
    expect(tracing.dropped).toBe(0);
    expect(receiver.spans()).toHaveLength(30);
    await receiver.close();
  });

  it("those that the queue has no room for, and no other", async () => {
    const receiver = await otlpReceiver();
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "10");
    const tracing = startTracing({ endpoint: receiver.url });
    spans(25);
    await tracing.shutdown();
    expect({ arrived: receiver.spans().length, dropped: tracing.dropped }).toEqual({ arrived: 10, dropped: 15 });
    await receiver.close();
  });

  it("in the metric of the default instance as well", async () => {
    const refusing = await testServer((_, response) => response.writeHead(400).end());
    const registry = new Registry();
    const aiwatch = createAiwatch({ registry });
    const tracing = startTracing({ endpoint: refusing.url });
    spans(3);
    await tracing.flush();
    const dropped = await registry.getSingleMetric(catalogue.spansDropped.name)?.get();
    expect(dropped?.values).toEqual([{ labels: {}, value: 3 }]);
    await aiwatch.close();
    await refusing.close();
  });

  it("those that the collector refuses", async () => {
    const refusing = await testServer((_, response) => response.writeHead(400).end());
    const tracing = startTracing({ endpoint: refusing.url });
    spans(3);
    await tracing.flush();
    expect(tracing.dropped).toBe(3);
    await refusing.close();
  });

  it("not those that were never to be sent", async () => {
    const tracing = startTracing({ endpoint: closedAddress, sampler: "always_off", shutdownTimeoutMs: 10 });
    spans(3);
    await tracing.shutdown();
    expect(tracing.dropped).toBe(0);
  });

  it("those that end when nobody sends them any more", async () => {
    const receiver = await otlpReceiver();
    const tracing = startTracing({ endpoint: receiver.url });
    const late = startSpan("late");
    await tracing.shutdown();
    late.end();
    expect({ arrived: receiver.spans().length, dropped: tracing.dropped }).toEqual({ arrived: 0, dropped: 1 });
    await receiver.close();
  });
});

describe("a collector that hangs", () => {
  it("costs a bounded number of spans in memory, and each is counted in the end", async () => {
    const asked = vi.fn();
    const hanging = await testServer(asked);
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "100");
    vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50");
    const tracing = startTracing({ endpoint: hanging.url, shutdownTimeoutMs: 50 });
    for (let round = 0; round < 100; round++) {
      spans(100);
      await new Promise(setImmediate);
    }
    const held = 10_000 - tracing.dropped;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(150);
    expect(asked).toHaveBeenCalled();
    await tracing.shutdown();
    expect(tracing.dropped).toBe(10_000);
    await hanging.close();
  });

  it("is waited for by a flush, though the batch was under way before", async () => {
    const answers: (() => void)[] = [];
    const slow = await testServer((_, response) => answers.push(() => response.end()));
    vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1");
    const tracing = startTracing({ endpoint: slow.url });
    withSpan("x", () => undefined);
    await vi.waitFor(() => expect(answers).toHaveLength(1), 20_000);
    let flushed = false;
    const flush = tracing.flush().then(() => {
      flushed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(flushed).toBe(false);
    answers[0]?.();
    await flush;
    await slow.close();
  });
});

describe("a collector that fails", () => {
  it("gets one batch at a time, however often it failed", async () => {
    let [asked, together, most] = [0, 0, 0];
    const failing = await testServer((request, response) => {
      asked += 1;
      together += 1;
      most = Math.max(most, together);
      request.resume().on("end", () => {
        // the next batch has time to come meanwhile
        setTimeout(() => {
          together -= 1;
          response.writeHead(400).end();
        }, 20);
      });
    });
    vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10");
    const tracing = startTracing({ endpoint: failing.url });
    while (asked < 20) {
      spans(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(most).toBe(1);
    await tracing.shutdown();
    await failing.close();
  });

  it("has no more than two queues of spans kept for it, flushed as often as one likes", async () => {
    const hanging = await testServer(() => undefined);
    vi.stubEnv("OTEL_BSP_MAX_QUEUE_SIZE", "100");
    vi.stubEnv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "50");
    const tracing = startTracing({ endpoint: hanging.url, shutdownTimeoutMs: 10 });
    for (let round = 0; round < 10; round++) {
      spans(100);
      await tracing.flush();
    }
    expect(1_000 - tracing.dropped).toBe(200);
    await tracing.shutdown();
    expect(tracing.dropped).toBe(1_000);
    await hanging.close();
  });
});
