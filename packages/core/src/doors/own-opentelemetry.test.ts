import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import type { RequestRecord } from "../request/record.ts";

interface Span {
  readonly name: string;
  readonly kind: number;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number };
  readonly traceId: string;
  readonly spanId: string;
}

interface Seen {
  readonly spans: readonly Span[];
  readonly requests: readonly RequestRecord[];
  readonly diagnostics: readonly unknown[];
  readonly lines: readonly Record<string, unknown>[];
  readonly seen: readonly [string, string][];
}

it("every door uses the server span of the app's own OpenTelemetry, and ends none of it", async () => {
  const file = (name: string) => fileURLToPath(new URL(`../test-support/${name}`, import.meta.url));
  const args = ["--conditions=@aiwatch/source", "--import", file("own-sdk.mjs"), file("traced-app.mjs")];
  const env = { OTEL_TRACES_EXPORTER: undefined, OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
  const ended = await runToEnd(process.execPath, args, { env, timeoutMs: 20_000 });
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  const { spans, requests, diagnostics, lines, seen }: Seen = JSON.parse(ended.stdout);
  const servers = spans.filter(({ kind }) => kind === 1);
  expect(diagnostics).toEqual([]);
  expect(servers.map(({ scope }) => scope)).toEqual(new Array(6).fill("@opentelemetry/instrumentation-http"));
  expect(servers.map(({ name }) => name).sort()).toEqual([
    "GET",
    "GET /broken",
    "GET /stream",
    "POST /express/:id",
    "POST /fastify/:id",
    "POST /node/:id",
  ]);
  for (const { route, requestId, traceId, spanId, own } of requests) {
    const span = servers.find(({ attributes }) => attributes["aiwatch.request.id"] === requestId);
    if (own) expect(span).toBeUndefined();
    else expect([span?.traceId, span?.spanId, span?.attributes["http.route"]]).toEqual([traceId, spanId, route]);
  }
  const posts = requests.filter(({ method }) => method === "POST");
  expect(posts.map(({ traceId }) => traceId)).toEqual(new Array(3).fill("0af7651916cd43dd8448eb211c80319c"));
  expect(seen).toEqual(posts.map(({ route, spanId }) => [route, spanId]));
  expect(servers.find(({ name }) => name === "GET /broken")).toMatchObject({ status: { code: 2 } });
  // OpenTelemetry binds the listeners that pino-http adds: its line is found all the same
  const logged = requests.filter((record) => record.logged).map(({ requestId }) => requestId);
  expect(lines.map(({ requestId }) => requestId)).toEqual(logged);
  expect(logged).toHaveLength(3);
});
