import { once } from "node:events";
import { Agent, createServer, request } from "node:http";
import type { AddressInfo, Server } from "node:net";
import express from "express";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { webVitals } from "../catalogue/values.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { aiwatchNode } from "../doors/node.ts";
import { createTestAiwatch, type TestAiwatch } from "../testing/index.ts";
import { clientReports } from "./client-reports.ts";

const options = { reports: clientReports({ perClientPerMinute: 1e9 }) };

/** Apps with our doors behind whatever an app may have in front of them. */
const apps = {
  "plain node:http": ({ aiwatch }) => createServer(aiwatchNode((_req, res) => void res.end("app"), aiwatch, options)),
  "express.json()": ({ aiwatch }) =>
    createServer(express().use(express.json(), aiwatchExpress(aiwatch, options), ours)),
  "express.raw()": ({ aiwatch }) =>
    createServer(express().use(express.raw({ type: "*/*" }), aiwatchExpress(aiwatch, options), ours)),
} satisfies Record<string, (test: TestAiwatch) => Server>;

/** What Express's parsers refuse is the app's to answer, in few words. */
const ours: express.ErrorRequestHandler = (error, _req, res, _next) => void res.status(error.status ?? 500).end();

async function serve(build: (test: TestAiwatch) => Server) {
  const test = createTestAiwatch();
  const server = build(test).listen(0, "127.0.0.1");
  await once(server, "listening");
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    new Promise<number>((resolve, reject) => {
      const all = { "content-type": "application/json", ...headers };
      const sent = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers: all }, (res) => {
        res.resume().once("end", () => resolve(res.statusCode ?? 0));
      });
      sent.once("error", reject).end(body);
    });
  return { ...test, post };
}

/** Every report that was recorded so far, whatever it said. */
async function recorded({ registry }: TestAiwatch) {
  const metrics = (await registry.getMetricsAsJSON()) as unknown as Family[];
  const counts: Record<string, number> = {};
  for (const { name, values } of metrics) {
    if (!/client_|errors_total/.test(name)) continue;
    for (const { metricName = name, value, labels } of values) {
      const of = labels["operation"] === "client" || name.includes("client_");
      if (of && /_count$|_total$/.test(metricName)) counts[name] = (counts[name] ?? 0) + value;
    }
  }
  return {
    firstTokens: counts["genai_app_client_first_token_seconds"] ?? 0,
    responses: counts["genai_app_client_response_seconds"] ?? 0,
    vitals: counts["genai_app_client_web_vital_seconds"] ?? 0,
    errors: counts["genai_app_errors_total"] ?? 0,
  };
}

interface Family {
  readonly name: string;
  readonly values: readonly {
    readonly metricName?: string;
    readonly value: number;
    readonly labels: Record<string, string>;
  }[];
}

const anything = fc.jsonValue({ maxDepth: 3 });
const figure = fc.oneof(
  { weight: 4, arbitrary: fc.double({ min: 0, max: 3_600_000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, -1, 3_600_001, 1e308, 5e-324, null) },
  { weight: 1, arbitrary: anything },
);
const vitals = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.dictionary(fc.oneof(fc.constantFrom(...webVitals, "__proto__", "toString"), fc.string()), figure),
  },
  { weight: 1, arbitrary: anything },
);
const log = fc.oneof(
  fc.record(
    { response_time_ms: figure, time_to_first_token_ms: figure, web_vitals: vitals, tokens_in: anything },
    { requiredKeys: [] },
  ),
  fc.record({ response_time_ms: figure, time_to_first_token_ms: figure, web_vitals: vitals }, { requiredKeys: [] }),
  anything,
);
const report = fc.oneof(
  fc.record(
    { error_type: fc.oneof(fc.stringMatching(/^[\w.:-]{1,70}$/), anything), status_code: figure },
    { requiredKeys: [] },
  ),
  anything,
);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isNumber = (value: unknown) => typeof value === "number";

/** What a log that was taken must have recorded: each of its figures once, but a first token of 0, which is none. */
function figuresOf(body: unknown) {
  const { time_to_first_token_ms: first, response_time_ms: response, web_vitals: named } = isObject(body) ? body : {};
  const own = isObject(named) ? webVitals.filter((name) => Object.hasOwn(named, name) && isNumber(named[name])) : [];
  return {
    firstTokens: isNumber(first) && first !== 0 ? 1 : 0,
    responses: isNumber(response) ? 1 : 0,
    vitals: own.length,
    errors: 0,
  };
}

type Counts = Awaited<ReturnType<typeof recorded>>;
const none: Counts = { firstTokens: 0, responses: 0, vitals: 0, errors: 0 };

function difference(before: Counts, after: Counts): Counts {
  const names = Object.keys(none) as (keyof Counts)[];
  return Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as unknown as Counts;
}

describe.each(Object.entries(apps))("the POST doors behind %s", (_name, build) => {
  async function check(path: string, body: fc.Arbitrary<string | Uint8Array>, expected: (body: string) => Counts) {
    const app = await serve(build);
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(body, async (posted) => {
        const before = await recorded(app);
        const status = await app.post(path, posted);
        statuses.add(status);
        expect(status === 200 || (status >= 400 && status < 500)).toBe(true);
        const text = Buffer.from(posted).toString();
        expect(difference(before, await recorded(app))).toEqual(status === 200 ? expected(text) : none);
      }),
      { numRuns: 150 },
    );
    expect(app.diagnostics).toEqual([]);
    return statuses;
  }

  it("take a log and record exactly its figures, or refuse it and record none", async () => {
    const statuses = await check(
      "/metrics/log",
      log.map((body) => JSON.stringify(body)),
      (text) => figuresOf(JSON.parse(text)),
    );
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400]));
  });

  it("take an error and record exactly one, or refuse it and record none", async () => {
    const one = { ...none, errors: 1 };
    const statuses = await check(
      "/metrics/error",
      report.map((body) => JSON.stringify(body)),
      () => one,
    );
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 400]));
  });

  it("take no bytes that are no report", async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 8193, maxLength: 9000 }));
    const statuses = await check("/metrics/log", bytes, (text) => figuresOf(JSON.parse(text)));
    expect([...statuses]).toEqual(expect.arrayContaining([400]));
  });
});
