import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { SpanKind } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect, onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import type { AiwatchOptions } from "../aiwatch/options.ts";
import type { RequestOutcome } from "../catalogue/values.ts";
import type { DoorOptions } from "../doors/door.ts";
import type { RequestRecord } from "../request/record.ts";
import { recordedSpans } from "../tracing/test-support/recorded-spans.ts";
import type { DoorUnderTest } from "./doors.ts";
import type { TestRoute } from "./test-route.ts";

const spansSoFar = recordedSpans();

/** A running app, and everything that was observed of it. */
export interface ServedApp extends TestAiwatch {
  readonly port: number;
  readonly url: string;
  readonly server: Server;
  /** The server spans that ended. */
  spans(): ReadableSpan[];
  /** Every span that ended. */
  allSpans(): readonly ReadableSpan[];
  /** Waits until `count` requests have ended: records come when responses close, after clients have their answers. */
  ended(count: number): Promise<readonly RequestRecord[]>;
  /** Waits as `ended` does, and sees that each was counted exactly once, in every place that counts. */
  settled(count: number): Promise<readonly RequestRecord[]>;
}

/** The routes in a framework, on a free port, until the test is finished. */
export async function serve(
  door: DoorUnderTest,
  routes: readonly TestRoute[],
  options?: DoorOptions,
): Promise<ServedApp> {
  return serveWith((aiwatch) => door.build(aiwatch, routes, options));
}

/** Whatever `build` makes of an instance. */
export async function serveWith(
  build: (aiwatch: Aiwatch) => Server | Promise<Server>,
  options: Omit<AiwatchOptions, "registry" | "onDiagnostic"> = {},
): Promise<ServedApp> {
  let wake = () => {};
  const observers = [{ name: "waiter", requestEnded: () => wake() }, ...(options.observers ?? [])];
  const test = createTestAiwatch({ ...options, observers });
  const server = await build(test.aiwatch);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const spans = () => spansSoFar().filter(({ kind }) => kind === SpanKind.SERVER);
  const ended = async (count: number) => {
    while (test.requests.length < count)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return test.requests;
  };
  const settled = async (count: number) => {
    await ended(count);
    // what would be counted twice comes now
    for (let turns = 0; turns < 3; turns += 1) await turn();
    await countedOnce(test, spans(), count);
    return test.requests;
  };
  return { ...test, port, url: `http://127.0.0.1:${port}`, server, spans, allSpans: spansSoFar, ended, settled };
}

async function countedOnce(test: TestAiwatch, spans: readonly ReadableSpan[], count: number): Promise<void> {
  const failed = test.requests.filter(({ failure }) => failure !== undefined);
  const left = test.requests.filter(({ aborted }) => aborted);
  const ofApp = test.requests.filter(({ own }) => !own);
  const ids = ofApp.map(({ requestId }) => requestId);
  const outcome = (as: RequestOutcome) => test.sample("genai_app_request_outcomes_total", { outcome: as });
  expect({
    records: test.requests.length,
    counted: await total(test, "genai_app_http_requests_total"),
    timed: await total(
      test,
      "genai_app_http_request_duration_seconds",
      "genai_app_http_request_duration_seconds_count",
    ),
    active: await test.sample("genai_app_active_requests"),
    errors: await total(test, "genai_app_errors_total"),
    outcomes: await total(test, "genai_app_request_outcomes_total"),
    failed: await outcome("failed"),
    left: await outcome("left"),
    spans: spans.map(({ attributes }) => attributes["aiwatch.request.id"]).sort(),
  }).toEqual({
    records: count,
    counted: count,
    timed: count,
    active: 0,
    errors: failed.length,
    outcomes: ofApp.length,
    failed: failed.length,
    left: left.filter(({ own }) => !own).length,
    spans: ids.sort(),
  });
}

async function total({ registry }: TestAiwatch, metric: string, sample = metric): Promise<number> {
  const found = (await registry.getMetricsAsJSON()).find(({ name }) => name === metric);
  const values = (found?.values ?? []) as unknown as { metricName?: string; value: number }[];
  return values.filter(({ metricName = metric }) => metricName === sample).reduce((sum, { value }) => sum + value, 0);
}
