import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";
import { browserSpans } from "../browser-spans/index.ts";
import { aiwatchExpress } from "../doors/express.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { batchesKept, batchLimitBytes, namesKept, type ReportedError } from "./browser-report.ts";
import { clientReports, type ReportOptions } from "./client-reports.ts";
import type { BrowserError, BrowserReport, BrowserSpan, BrowserVital } from "./schema.ts";
import { answerOf, batchOf, randomHex } from "./test-support/batches.ts";

const parsers = {
  "no parser": [],
  "express.json()": [express.json()],
  "express.text()": [express.text({ type: "*/*" })],
  "express.raw()": [express.raw({ type: "*/*" })],
};

async function serve(options: ReportOptions = {}, before: readonly express.RequestHandler[] = []) {
  const test = createTestAiwatch({ service: "chat-api" });
  const app = express();
  for (const handler of before) app.use(handler);
  app.use(aiwatchExpress(test.aiwatch, { reports: clientReports({ perClientPerMinute: 1e9, ...options }) }));
  const server = createServer(app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } };
    const response = await fetch(`http://127.0.0.1:${port}/aiwatch/browser`, init);
    return [response.status, await response.text()] as const;
  };
  return { ...test, post };
}

describe.each(Object.entries(parsers))("POST /aiwatch/browser behind %s", (_name, before) => {
  it("takes a batch as large as a page may leave behind", async () => {
    const { post, sample, diagnostics } = await serve({}, before);
    const spans = Array.from({ length: 100 }, () => answerOf({ errorType: "x".repeat(64) }));
    const errors = Array.from({ length: 100 }, () => ({ type: "TypeError", place: "y".repeat(200) }));
    const batch = batchOf({ service: "chat-web", release: "1.2", spans, errors, vitals: [{ name: "LCP", ms: 250 }] });
    const text = JSON.stringify(batch);
    expect(text.length).toBeGreaterThan(40_000);
    expect(await post(text)).toEqual([204, ""]);
    expect(await sample("genai_app_client_answers_total", { outcome: "answered" })).toBe(100);
    expect(await sample("genai_app_errors_total", { type: "TypeError", operation: "client" })).toBe(100);
    expect(await sample("genai_app_client_web_vital_seconds_sum", { name: "LCP" })).toBe(0.25);
    expect(diagnostics).toEqual([]);
  });

  it("refuses what is longer", async () => {
    const { post } = await serve({}, before);
    const padded = (bytes: number) => {
      const text = JSON.stringify({ ...batchOf(), padding: "" });
      return text.replace('"padding":""', `"padding":"${"x".repeat(bytes - text.length)}"`);
    };
    expect(await post(padded(batchLimitBytes))).toEqual([204, ""]);
    expect((await post(padded(batchLimitBytes + 1)))[0]).toBe(413);
  });
});

describe("POST /aiwatch/browser", () => {
  it("counts an answer by its end, and its waits where they ended", async () => {
    const { post, sample } = await serve();
    const spans = [
      answerOf(),
      answerOf({ paintedMs: undefined }),
      answerOf({ outcome: "failed", errorType: "timeout" }),
      answerOf({ outcome: "failed", firstTextMs: undefined, paintedMs: undefined, status: 503 }),
      answerOf({ outcome: "aborted" }),
      answerOf({ outcome: "aborted", firstTextMs: undefined, paintedMs: undefined }),
    ];
    await post(batchOf({ spans }));
    const outcome = (name: string) => sample("genai_app_client_answers_total", { outcome: name });
    expect(await Promise.all(["answered", "failed", "aborted", "left"].map(outcome))).toEqual([2, 2, 1, 1]);
    expect(await sample("genai_app_client_first_token_seconds_count")).toBe(4);
    expect(await sample("genai_app_client_first_token_seconds_sum")).toBeCloseTo(0.46);
    expect(await sample("genai_app_client_response_seconds_count")).toBe(2);
    const error = (type: string) => sample("genai_app_errors_total", { type, operation: "client" });
    expect(await Promise.all(["timeout", "server_error"].map(error))).toEqual([1, 1]);
  });

  it("counts of another request its failure alone", async () => {
    const { post, sample } = await serve();
    const failed = answerOf({ kind: "request", outcome: "failed", status: 429, errorType: "rate_limited" });
    await post(batchOf({ spans: [answerOf({ kind: "request" }), failed] }));
    expect(await sample("genai_app_errors_total", { type: "rate_limited", operation: "client" })).toBe(1);
    expect(await sample("genai_app_client_answers_total", { outcome: "answered" })).toBe(0);
    expect(await sample("genai_app_client_first_token_seconds_count")).toBe(0);
  });

  it("begins its series at 0, and says of spans that nobody exports them", async () => {
    const { post, sample } = await serve();
    const spans = (outcome: string) => sample("genai_app_client_spans_total", { outcome });
    expect(await Promise.all(["taken", "unknown_trace", "no_exporter"].map(spans))).toEqual([0, 0, 0]);
    await post(batchOf({ spans: [answerOf({ traceId: "a".repeat(32), spanId: "b".repeat(16) }), answerOf()] }));
    expect(await spans("no_exporter")).toBe(1);
  });

  it("counts a batch that is sent again once, among the last 10,000 at least", async () => {
    const { post, sample } = await serve();
    const batch = batchOf({ spans: [answerOf()] });
    for (let sent = 0; sent < 3; sent += 1) expect(await post(batch)).toEqual([204, ""]);
    expect(await sample("genai_app_client_answers_total", { outcome: "answered" })).toBe(1);
    expect(batchesKept).toBe(10_000);
  });

  it("does not record a figure that is longer than any answer, and takes the rest", async () => {
    const { post, sample } = await serve();
    await post(batchOf({ spans: [answerOf({ durationMs: 4_000_000 })], vitals: [{ name: "LCP", ms: 4_000_000 }] }));
    expect(await sample("genai_app_client_response_seconds_count")).toBe(0);
    expect(await sample("genai_app_client_first_token_seconds_count")).toBe(1);
    expect(await sample("genai_app_client_web_vital_seconds_count", { name: "LCP" })).toBeUndefined();
  });

  it("hands errors to the app, checked, and survives what it does with them", async () => {
    const seen: ReportedError[] = [];
    const onError = (error: ReportedError) => {
      seen.push(error);
      throw new Error("the app's");
    };
    const { post, diagnostics } = await serve({ onError });
    const errors = [{ type: "TypeError", place: "/app.js:1:2" }, { type: "unknown" }];
    expect(await post(batchOf({ service: "chat-web", release: "1.2", errors }))).toEqual([204, ""]);
    expect(seen).toEqual([
      { type: "TypeError", place: "/app.js:1:2", service: "chat-web", release: "1.2" },
      { type: "unknown", service: "chat-web", release: "1.2" },
    ]);
    expect(diagnostics.map(({ what }) => what)).toContain("the option onError");
  });

  it("has spans of the first 20 services that pages name, and of others as one", async () => {
    const { post } = await serve();
    const services = new Set<unknown>();
    const onEnd = ({ resource }: { resource: { attributes: Record<string, unknown> } }) =>
      void services.add(resource.attributes["service.name"]);
    const browser = browserSpans({ processor: { onEnd: onEnd as (...args: never[]) => void } });
    onTestFinished(() => browser.shutdown());
    for (let page = 0; page < 30; page += 1) {
      const ids = { traceId: randomHex(16), spanId: randomHex(8) };
      const parentSpanContext = { ...ids, isRemote: true };
      const spanContext = () => ({ traceId: ids.traceId, traceFlags: 1 });
      browser.onStart({ kind: 1, startTime: [1, 0], parentSpanContext, spanContext });
      await post(batchOf({ service: `page-${page}`, spans: [answerOf(ids)] }));
    }
    expect([services.size, services.has("page-19"), services.has("page-20"), services.has("other")]).toEqual([
      namesKept + 1,
      true,
      false,
      true,
    ]);
  });

  it.each<[name: string, body: unknown]>([
    ["no schema", { id: "a".repeat(16) }],
    ["another schema", { ...batchOf(), schema: 2 }],
    ["an id that is none", { ...batchOf(), id: "canary" }],
    ["an id of zeros", { ...batchOf(), id: "0".repeat(16) }],
    ["a trace of zeros", batchOf({ spans: [answerOf({ traceId: "0".repeat(32), spanId: "b".repeat(16) })] })],
    ["a trace in capitals", batchOf({ spans: [answerOf({ traceId: "A".repeat(32), spanId: "b".repeat(16) })] })],
    ["101 spans", batchOf({ spans: Array.from({ length: 101 }, () => answerOf()) })],
    ["a duration below zero", batchOf({ spans: [answerOf({ durationMs: -1 })] })],
    ["a duration without end", `{"schema":1,"id":"${"a".repeat(16)}","vitals":[{"name":"LCP","ms":1e999}]}`],
    ["a vital that is none", batchOf({ vitals: [{ name: "CLS" as "LCP", ms: 1 }] })],
    ["a type with a line's end", batchOf({ errors: [{ type: "canary\nforged" }] })],
    ["a place with a blank", batchOf({ errors: [{ type: "Error", place: "canary forged" }] })],
    ["a service with a line's end", batchOf({ service: "canary\n" })],
    ["a list", [batchOf()]],
    ["nothing", ""],
  ])("refuses %s, whole, and quotes nothing of it", async (_name, body) => {
    const { post, sample, diagnostics } = await serve();
    const [status, text] = await post(body);
    expect(status).toBe(400);
    expect(text).not.toContain("canary");
    expect(await sample("genai_app_client_answers_total", { outcome: "answered" })).toBe(0);
    expect(diagnostics).toEqual([]);
  });

  it("is JSON's alone, and POST's", async () => {
    const { post } = await serve();
    expect((await post(batchOf(), { "content-type": "text/plain" }))[0]).toBe(415);
    expect((await post(batchOf(), { "content-type": "application/x-www-form-urlencoded" }))[0]).toBe(415);
  });

  it.each([
    [{ services: "chat" }, "services"],
    [{ services: [7] }, "services"],
    [{ onError: true }, "onError"],
  ])("says at the start that %j cannot be used", (options, named) => {
    const error = expect.objectContaining({
      code: "AIWATCH_INVALID_ARGUMENT",
      message: expect.stringContaining(named),
    });
    expect(() => clientReports(options as never)).toThrow(error);
  });
});

it("docs/reference/browser.md shows a batch that is taken, with every field of its entries", async () => {
  const page = await readFile(new URL("../../../../docs/reference/browser.md", import.meta.url), "utf8");
  const [, json = ""] = /```json\n([^`]+)```/.exec(page) ?? [];
  const { post } = await serve();
  expect(await post(json)).toEqual([204, ""]);
  const names = (part: unknown): string[] =>
    part instanceof Object ? Object.entries(part).flatMap(([name, value]) => [name, ...names(value)]) : [];
  const shown = new Set(names(JSON.parse(json)).filter((name) => !/^\d+$/.test(name)));
  expect([...shown].sort()).toEqual(fieldNames().sort());
});

/** Every name in the types of a batch. */
function fieldNames(): string[] {
  const span: Required<BrowserSpan> = {
    kind: "answer",
    traceId: "",
    spanId: "",
    startedAt: 0,
    durationMs: 0,
    firstTextMs: 0,
    paintedMs: 0,
    outcome: "answered",
    status: 0,
    errorType: "",
  };
  const report: Required<BrowserReport> = {
    schema: 1,
    id: "",
    service: "",
    release: "",
    spans: [],
    errors: [],
    vitals: [],
  };
  const error: Required<BrowserError> = { type: "", place: "" };
  const vital: BrowserVital = { name: "LCP", ms: 0 };
  return [report, span, error, vital].flatMap((part) => Object.keys(part));
}

describe("a flood from one client, behind a proxy", () => {
  it("does not stop others", async () => {
    const { post } = await serve({ perClientPerMinute: 3, trustedProxies: 1 });
    const from = async (client: string) => (await post(batchOf(), { "x-forwarded-for": client }))[0];
    const flood = [];
    for (let sent = 0; sent < 6; sent += 1) flood.push(await from(`198.51.100.${sent}, 203.0.113.7`));
    expect(flood).toEqual([204, 204, 204, 429, 429, 429]);
    expect(await from("203.0.113.8")).toBe(204);
    const network = [];
    for (let sent = 0; sent < 4; sent += 1) network.push(await from(`2001:db8:1:2::${sent + 1}`));
    expect(network).toEqual([204, 204, 204, 429]);
    expect(await from("2001:db8:1:3::1")).toBe(204);
  });

  it("stops all where nobody said that there is a proxy", async () => {
    const { post } = await serve({ perClientPerMinute: 1 });
    const from = async (client: string) => (await post(batchOf(), { "x-forwarded-for": client }))[0];
    expect([await from("203.0.113.7"), await from("203.0.113.8")]).toEqual([204, 429]);
  });
});
