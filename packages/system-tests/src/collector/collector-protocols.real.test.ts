import { afterEach, expect, it } from "vitest";
import { AppUnderLoad } from "../load/test-support/app-under-load.ts";
import { Collector } from "./test-support/collector.ts";
import { takenOf } from "./test-support/taken.ts";
import { tracedApp } from "./test-support/traced-app-entry.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const action of cleanUp.splice(0)) await action();
});

it.each(["grpc", "http/json"] as const)("a collector that is killed and restarted, over %s", async (protocol) => {
  const collector = await Collector.start(protocol === "grpc" ? "grpc" : "http");
  const app = await AppUnderLoad.start(tracedApp, {
    OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    // less than a flush takes: after it nothing is under way
    OTEL_EXPORTER_OTLP_TIMEOUT: "1500",
  });
  cleanUp.push(
    () => app.process.stop("SIGKILL"),
    () => collector.close(),
  );
  const counts = async () => {
    await app.untilQuiet();
    await app.ask("flush");
    const dropped = (await app.samples())("genai_app_spans_dropped_total");
    return { ...takenOf(await collector.batches()), dropped };
  };

  await app.send(2_000);
  expect(await counts()).toEqual({ answered: 2_000, received: 2_000, repeated: 0, dropped: 0 });

  await Promise.all([app.send(6_000), collector.die()]);
  const { answered, dropped } = await counts();
  expect(answered + dropped).toBe(8_000);
  expect(dropped).toBeGreaterThan(0);

  await collector.comeBack();
  const since = Date.now();
  let sent = 8_000;
  while (!(await collector.batches("this life")).some(({ newestMs }) => newestMs >= since)) {
    // a channel of gRPC that found nobody pauses before it looks again
    expect(Date.now() - since).toBeLessThan(20_000);
    await app.send(100);
    sent += 100;
    await app.ask("flush");
  }
  const end = await counts();
  expect(end.answered + end.dropped).toBe(sent);
  expect(app.process.stderr).toEqual([]);
});
