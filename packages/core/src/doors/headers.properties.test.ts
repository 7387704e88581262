import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import express from "express";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { contentTypes, negotiateFormat } from "../exposition/text-format.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { aiwatchExpress } from "./express.ts";

const names = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom("traceparent", "tracestate", "baggage", "x-request-id", "b3", "origin", "accept"),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "accept-encoding",
      "user-agent",
      "content-type",
      "x-forwarded-for",
      "forwarded",
      "cookie",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("__proto__", "constructor", "access-control-request-method", "authorization", "range"),
  },
  { weight: 1, arbitrary: fc.stringMatching(/^[!#$%&'*+.^`|~\w-]{1,30}$/) },
);
const values = fc.oneof(
  fc.stringMatching(/^[\t -~\x80-\xff]{0,200}$/),
  fc.constantFrom(
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    `00-${"0".repeat(32)}-${"0".repeat(16)}-01`,
  ),
  fc.stringMatching(/^00-[\da-fA-F]{30,34}-[\da-f]{14,18}-[\da-f]{1,3}(-x)?$/),
  fc.constantFrom(
    "a=1",
    `${"k=v,".repeat(100)}`,
    "x".repeat(4000),
    "gzip, br",
    "null",
    "*",
    "application/openmetrics-text",
  ),
);
/** Node decides by these how the rest of the connection is read. */
const framing =
  /^(content-length|transfer-encoding|connection|host|upgrade|expect|te|trailer|keep-alive|proxy-connection)$/i;
const headers = fc
  .array(fc.tuple(names, values), { maxLength: 12 })
  .map((all) => all.filter(([name]) => !framing.test(name)));

async function serve(aiwatch?: Aiwatch): Promise<number> {
  const app = express().set("env", "test");
  if (aiwatch !== undefined) app.use(aiwatchExpress(aiwatch, { allowedOrigins: ["https://app.example"] }));
  app.get("/users/:id", (_req, res) => void res.send("user"));
  const server: Server = createServer(app).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The whole answer, as Latin-1. */
async function ask(port: number, path: string, sent: readonly (readonly [string, string])[]): Promise<string> {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "host: x",
    "connection: close",
    ...sent.map(([name, value]) => `${name}: ${value}`),
  ];
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  let answer = "";
  for await (const piece of socket) answer += piece;
  return answer;
}

const withoutOurs = (answer: string) => answer.replace(/^(date|x-request-id): .*\r\n/gim, "");

it("no header makes a fault, or changes an answer but for one sane id", async () => {
  const { aiwatch, requests, diagnostics, registry } = createTestAiwatch();
  const [bare, observed] = [await serve(), await serve(aiwatch)];
  await fc.assert(
    fc.asyncProperty(headers, async (sent) => {
      const count = requests.length;
      const answer = await ask(observed, "/users/42", sent);
      expect(withoutOurs(answer)).toBe(withoutOurs(await ask(bare, "/users/42", sent)));
      await expect.poll(() => requests.length).toBe(count + 1);
      const record = requests[count];
      expect(record?.requestId).toMatch(/^[\w.-]{1,128}$/);
      expect([...answer.matchAll(/^x-request-id: (.*)\r$/gim)].map(([, id]) => id)).toEqual([record?.requestId]);
      expect(record).toMatchObject({ route: "/users/:id", status: 200, aborted: false });
    }),
    { numRuns: 200 },
  );
  expect(diagnostics).toEqual([]);
  const { values: series } = await registry.getSingleMetric("genai_app_http_requests_total")!.get();
  expect(series).toHaveLength(1);
});

it("no header changes what a scrape holds: it is whole, in one of the two formats, and says which", async () => {
  const { aiwatch, diagnostics } = createTestAiwatch();
  const port = await serve(aiwatch);
  await fc.assert(
    fc.asyncProperty(headers, async (sent) => {
      const answer = await ask(port, "/metrics", sent);
      const type = /^content-type: (.*)\r$/im.exec(answer)?.[1];
      expect(Object.values(contentTypes)).toContain(type);
      expect(/# EOF\n\r?\n?/.test(answer)).toBe(type === contentTypes.openmetrics);
      expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(answer).toContain("# TYPE genai_app_active_requests gauge\n");
      expect(answer).not.toMatch(/^access-control-allow-origin/im);
    }),
    { numRuns: 100 },
  );
  expect(diagnostics).toEqual([]);
});

it("a scraper gets the format that it likes best, in whatever order it names them", () => {
  const open = fc.constantFrom("application/openmetrics-text", "application/openmetrics-text;version=1.0.0");
  const classic = fc.constantFrom("text/plain", "text/plain;version=0.0.4");
  const other = fc.constantFrom(
    "application/json",
    "image/png",
    "text/html",
    "application/vnd.google.protobuf;proto=x",
  );
  const weights = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(open, classic, other, weights, fc.boolean(), (first, second, third, [a = 1, b = 1, c = 1], turned) => {
      const parts = [`${first};q=${a / 1000}`, `${second};q=${b / 1000}`, `${third};q=${c / 1000}`];
      const accept = (turned ? parts.reverse() : parts).join(", ");
      expect(negotiateFormat(accept)).toBe(a > b ? "openmetrics" : "classic");
    }),
  );
  fc.assert(
    fc.property(fc.string(), (accept) => {
      expect(["classic", "openmetrics"]).toContain(negotiateFormat(accept));
    }),
  );
});
