import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { Registry } from "prom-client";
import { expect, onTestFinished } from "vitest";
import { createAiwatch } from "../../aiwatch/aiwatch.ts";
import type { Diagnostic } from "../../base/diagnostics.ts";
import { browserSpans } from "../../browser-spans/index.ts";
import { webVitals } from "../../catalogue/values.ts";
import { aiwatchNode } from "../../doors/node.ts";
import { expectExposition, expectLine, forged, linesTo } from "../../test-support/unforged.ts";
import { namesKept } from "../browser-report.ts";
import { foreignErrorTypes } from "../client-series.ts";
import { clientReports, type ReportedError } from "../index.ts";
import { randomHex } from "./batches.ts";

/** What our processor is handed. */
interface Exported {
  readonly name: string;
  readonly startTime: readonly [number, number];
  readonly endTime: readonly [number, number];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly object[];
  readonly resource: { readonly attributes: Readonly<Record<string, unknown>> };
}

const anything = fc.jsonValue({ maxDepth: 3 });
const hostile = fc.oneof(
  fc.constantFrom(forged, "__proto__", "constructor", "\u0000", "\n{}", "\u2028", "a".repeat(70), "0".repeat(32)),
  fc.string(),
);
const mostly = <Value>(arbitrary: fc.Arbitrary<Value>, weight = 8) =>
  fc.oneof({ weight, arbitrary }, { weight: 1, arbitrary: hostile }, { weight: 1, arbitrary: anything });
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const name = fc.oneof(fc.constantFrom("chat-web", "1.2.3"), fc.stringMatching(/^[\w ./:@+-]{1,64}$/));
const type = fc.oneof(fc.constantFrom("network", "TypeError"), fc.stringMatching(/^[\w.:-]{1,64}$/));
const figure = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0, max: 604_800_000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -0, 1e308, 5e-324, 8.64e15, 1.7e12) },
);

/** What the app is told to have answered: some batches speak of it. */
const answered = Array.from({ length: 50 }, () => ({ traceId: randomHex(16), spanId: randomHex(8) }));
const ids = fc.oneof(
  fc.constantFrom(...answered),
  fc.record({ traceId: mostly(hex(32)), spanId: mostly(hex(16)) }, { requiredKeys: [] }),
);
const span = fc
  .tuple(
    ids,
    fc.record(
      {
        kind: mostly(fc.constantFrom("answer", "request"), 40),
        startedAt: mostly(figure, 40),
        durationMs: mostly(figure, 40),
        outcome: mostly(fc.constantFrom("answered", "failed", "aborted"), 40),
        firstTextMs: mostly(figure, 40),
        paintedMs: mostly(figure, 40),
        status: mostly(fc.integer({ min: 0, max: 999 }), 40),
        errorType: mostly(type, 40),
      },
      { requiredKeys: ["kind", "startedAt", "durationMs", "outcome"] },
    ),
  )
  .map(([known, rest]) => ({ ...known, ...rest }));
const error = fc.record(
  { type: mostly(type, 40), place: mostly(fc.stringMatching(/^[!-~]{1,200}$/), 40) },
  { requiredKeys: ["type"] },
);
const vital = fc.record({ name: mostly(fc.constantFrom(...webVitals), 40), ms: mostly(figure, 40) });
const list = (item: fc.Arbitrary<unknown>) => mostly(fc.array(item, { maxLength: 5 }), 40);

/** Batches, most of them nearly right, and bytes that are none. */
const body = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record(
        {
          schema: fc.constant(1),
          id: mostly(hex(16), 40),
          service: mostly(name, 40),
          release: mostly(name, 40),
          spans: list(span),
          errors: list(error),
          vitals: list(vital),
        },
        { requiredKeys: ["schema", "id"] },
      )
      .map((batch) => JSON.stringify(batch)),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      anything.map((value) => JSON.stringify(value)),
      fc.string(),
    ),
  },
);

/** Posts so many bodies at the door, and looks at all that came of them. */
export async function playBatches(runs: number): Promise<void> {
  const spans: Exported[] = [];
  const lines: string[] = [];
  const errors = new Map<string, ReportedError>();
  const browser = browserSpans({ processor: { onEnd: (ended: never) => void spans.push(ended) } });
  const diagnostics: Diagnostic[] = [];
  const registry = new Registry();
  const onDiagnostic = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const aiwatch = createAiwatch({ registry, onDiagnostic, observers: [linesTo(lines, false, "debug")] });
  const onError = (reported: ReportedError) => void errors.set(JSON.stringify(reported), reported);
  const reports = clientReports({ perClientPerMinute: 1e9, onError });
  const server = createServer(aiwatchNode((_req, res) => void res.end(), aiwatch, { reports }));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(async () => {
    agent.destroy();
    server.close();
    await browser.shutdown();
    await aiwatch.close();
  });
  for (const { traceId, spanId } of answered) browser.onStart(serverSpan(traceId, spanId));
  const { port } = server.address() as AddressInfo;
  const post = (text: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const options = { port, host: "127.0.0.1", path: "/aiwatch/browser", method: "POST", agent, headers };
      const sent = request(options, (res) => res.resume().once("end", () => resolve(res.statusCode ?? 0)));
      sent.once("error", reject).end(text);
    });
  const statuses = new Map<number, number>();
  const property = fc.asyncProperty(body, async (text) => {
    const status = await post(text);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    expect(status === 204 || (status >= 400 && status < 500)).toBe(true);
    for (const line of lines.splice(0)) expectLine(line);
    errors.clear();
  });
  await fc.assert(property, { numRuns: runs, endOnFailure: true });
  // neither is rare
  expect(statuses.get(204)).toBeGreaterThan(runs / 10);
  expect(statuses.get(400)).toBeGreaterThan(runs / 10);
  expect(diagnostics).toEqual([]);
  await expectBounded(registry, `http://127.0.0.1:${port}`);
  expect(spans.length).toBeGreaterThan(0);
  expect(spans.length).toBeLessThanOrEqual(answered.length);
  for (const ended of spans) expectHarmless(ended);
  expect(new Set(spans.map(({ resource }) => resource.attributes["service.name"])).size).toBeLessThanOrEqual(
    namesKept + 2,
  );
}

/** What the SDK shows a processor of a request that a page made. */
function serverSpan(traceId: string, spanId: string): object {
  const parentSpanContext = { traceId, spanId, traceFlags: 1, isRemote: true };
  const startTime = [Math.floor(Date.now() / 1000), 0];
  return { kind: 1, startTime, parentSpanContext, spanContext: () => ({ traceId, traceFlags: 1 }) };
}

async function expectBounded(registry: Registry, url: string): Promise<void> {
  const exposition = await expectExposition(url);
  expect(exposition).not.toContain("forged");
  expect(exposition).not.toContain("NaN");
  const { values } = await registry.getSingleMetric("genai_app_errors_total")!.get();
  const ofClients = values.filter(({ labels }) => labels["operation"] === "client");
  // our own six, and what is over the cap
  expect(ofClients.length).toBeLessThanOrEqual(foreignErrorTypes + 7);
}

function expectHarmless({ name, startTime, endTime, attributes, events, resource }: Exported): void {
  expect(["answer", "request"]).toContain(name);
  const times = [...startTime, ...endTime];
  expect(times.every((time) => Number.isSafeInteger(time) && time >= 0)).toBe(true);
  expect(startTime[1]).toBeLessThan(1e9);
  expect(endTime[1]).toBeLessThan(1e9);
  // however wrong the page's clock is: it began before the server did, and not longer before than it took
  expect(Math.abs(startTime[0] - Date.now() / 1000)).toBeLessThan(604_800 + 3600);
  expect(attributes["aiwatch.from_outside"]).toBe(true);
  expect(Object.keys(attributes).length).toBeLessThanOrEqual(5);
  expect(events.length).toBeLessThanOrEqual(2);
  expect(Object.keys(resource.attributes).length).toBeLessThanOrEqual(3);
  for (const value of Object.values({ ...attributes, ...resource.attributes }))
    expect(String(value)).toMatch(/^[\w ./:@+-]{1,64}$/);
}
