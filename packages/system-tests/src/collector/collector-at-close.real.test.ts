import { afterEach, expect, it } from "vitest";
import { AppUnderLoad } from "../load/test-support/app-under-load.ts";
import { Collector } from "./test-support/collector.ts";
import { takenOf } from "./test-support/taken.ts";
import { tracedApp } from "./test-support/traced-app-entry.ts";

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const action of cleanUp.splice(0)) await action();
});

interface Ended {
  readonly closed: number;
  readonly shutdown: number;
  readonly dropped: number;
}

it.each([
  ["is killed", (collector: Collector) => collector.die()],
  ["hangs", (collector: Collector) => collector.hang()],
  ["is slow", (collector: Collector) => collector.be("slow")],
  ["refuses", (collector: Collector) => collector.be("refusing")],
])("an app whose collector %s closes in time, and its process ends by itself", async (_, fails) => {
  const collector = await Collector.start();
  // an export is tried for longer than the test waits
  const app = await AppUnderLoad.start(tracedApp, {
    OTLP_ENDPOINT: collector.endpoint,
    OTEL_EXPORTER_OTLP_TIMEOUT: "60000",
  });
  cleanUp.push(
    () => app.process.stop("SIGKILL"),
    () => collector.close(),
  );
  await Promise.all([app.send(4_000), fails(collector)]);
  await app.untilQuiet();
  await app.ask("close");
  const [, json = ""] = await app.process.waitForLine(/^ended (.*)/, 20_000);
  expect(await app.process.exit).toEqual({ code: 0, signal: null });
  const { closed, shutdown, dropped } = JSON.parse(json) as Ended;
  // each has 2 s
  expect(closed).toBeLessThan(4_000);
  expect(shutdown).toBeLessThan(4_000);
  expect(takenOf(await collector.batches()).answered + dropped).toBe(4_000);
  expect(app.process.stderr).toEqual([]);
});
