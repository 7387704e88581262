import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import express5, { type RequestHandler } from "express";
import express4 from "express4";
import { describe, expect, it, onTestFinished } from "vitest";
import { aiwatchExpress } from "../doors/express.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { clientReports } from "./client-reports.ts";

type Express = typeof express5;

/** What an app may have in front of our doors, and whether it understands gzip. */
const parsers = (express: Express): Readonly<Record<string, readonly [RequestHandler[], gzip: boolean]>> => ({
  "no parser": [[], false],
  "express.json()": [[express.json({ limit: "5mb" })], true],
  "express.json() that is not strict": [[express.json({ limit: "5mb", strict: false })], true],
  "express.text()": [[express.text({ type: "*/*", limit: "5mb" })], true],
  "express.raw()": [[express.raw({ type: "*/*", limit: "5mb" })], true],
  "parsers of other types": [[express.urlencoded({ extended: false }), express.json({ type: "application/x" })], false],
  "parsers of everything": [
    [express.json({ limit: "5mb" }), express.text(), express.raw(), express.urlencoded({ extended: true })],
    true,
  ],
});

async function serve(express: Express, handlers: readonly RequestHandler[]) {
  const test = createTestAiwatch();
  const app = express();
  app.set("env", "test");
  for (const handler of handlers) app.use(handler);
  app.use(aiwatchExpress(test.aiwatch, { reports: clientReports() }));
  const server: Server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** A list of pieces is sent in chunks, without a length. */
  const post = async (path: string, body: string | Uint8Array | readonly string[], headers: object = {}) => {
    const isPieces = Array.isArray(body);
    const sent = isPieces
      ? ReadableStream.from(body.map((piece) => Buffer.from(piece)))
      : (body as RequestInit["body"] & {});
    const all = { "content-type": "application/json", ...headers };
    const init = { method: "POST", body: sent, headers: all, ...(isPieces && { duplex: "half" }) };
    return (await fetch(url + path, init as RequestInit)).status;
  };
  /** The reports that were recorded so far. */
  const recorded = async () => {
    const responses = (await test.sample("genai_app_client_response_seconds_count")) ?? 0;
    const errors = (await test.sample("genai_app_errors_total", { type: "network", operation: "client" })) ?? 0;
    return [responses, errors];
  };
  return { ...test, post, recorded };
}

const log = JSON.stringify({ response_time_ms: 1200 });
const error = JSON.stringify({ error_type: "network" });
const padded = (bytes: number) => JSON.stringify({ response_time_ms: 1200, padding: "x".repeat(bytes) });
const pieces = (text: string) => text.match(/[\s\S]{1,50000}/g) ?? [];

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
] as const)("a report at %s", (_name, express) => {
  describe.each(Object.entries(parsers(express)))("behind %s", (_what, [handlers, gzip]) => {
    it("is recorded where it is answered 200, whole or in chunks", async () => {
      const { post, recorded } = await serve(express, handlers);
      expect([await post("/metrics/log", log), await post("/metrics/error", error)]).toEqual([200, 200]);
      expect(await recorded()).toEqual([1, 1]);
      expect([await post("/metrics/log", [log]), await post("/metrics/error", [error])]).toEqual([200, 200]);
      expect(await recorded()).toEqual([2, 2]);
      expect(await post("/metrics/log", "{}")).toBe(200);
    });

    it.each([
      ["no JSON", "rubbish", 400],
      ["nothing", "", 400],
      ["a list", `[${log}]`, 400],
      ["null", "null", 400],
      ["a number", "5", 400],
      ["a text", '"response_time_ms"', 400],
      ["a list of vitals", '{"response_time_ms":1,"web_vitals":[]}', 400],
      ["a list of vitals with a name", '{"response_time_ms":1,"web_vitals":[1]}', 400],
      ["a text of vitals", '{"response_time_ms":1,"web_vitals":"LCP"}', 400],
      ["a figure in a list", '{"response_time_ms":[1]}', 400],
      ["a figure and another that is none", '{"response_time_ms":1,"time_to_first_token_ms":"1"}', 400],
      ["lists in lists", `{"response_time_ms":${"[".repeat(2000)}${"]".repeat(2000)}}`, 400],
      ["a little too long", padded(8192), 413],
      ["far too long", padded(500_000), 413],
    ])("is refused and not recorded where it is %s, whole or in chunks", async (_kind, body, status) => {
      const { post, recorded, diagnostics } = await serve(express, handlers);
      expect(await post("/metrics/log", body)).toBe(status);
      // what a parser makes of no pieces is what it makes of an empty object
      if (body !== "") expect(await post("/metrics/log", pieces(body))).toBe(status);
      expect(await recorded()).toEqual([0, 0]);
      expect(diagnostics).toEqual([]);
    });

    it("is taken in gzip where the app understands it, and no longer than others then", async () => {
      const { post, recorded } = await serve(express, handlers);
      const headers = { "content-encoding": "gzip" };
      expect(await post("/metrics/log", gzipSync(log), headers)).toBe(gzip ? 200 : 415);
      expect(await post("/metrics/log", gzipSync(padded(2_000_000)), headers)).toBe(gzip ? 413 : 415);
      expect(await recorded()).toEqual([gzip ? 1 : 0, 0]);
    });

    it("has the fields that it names itself, the last of two of one name", async () => {
      const { post, sample } = await serve(express, handlers);
      const body =
        '{"__proto__":{"response_time_ms":1},"response_time_ms":"x","response_time_ms":2000,"constructor":7}';
      expect(await post("/metrics/log", body)).toBe(200);
      expect(await sample("genai_app_client_response_seconds_sum")).toBe(2);
      expect(({} as Record<string, unknown>)["response_time_ms"]).toBe(undefined);
    });
  });

  it.each(["utf-8", "UTF-8", '"utf-8"', "utf8", "us-ascii"])("may be said to be in %s", async (charset) => {
    const { post } = await serve(express, []);
    expect(await post("/metrics/log", log, { "content-type": `application/json; charset=${charset}` })).toBe(200);
  });

  it.each(["utf-16", "latin1", "utf-7", "x"])(
    "is refused where it is said to be in %s: JSON is UTF-8",
    async (charset) => {
      const { post, recorded } = await serve(express, []);
      expect(await post("/metrics/log", log, { "content-type": `application/json; charset=${charset}` })).toBe(415);
      expect(await recorded()).toEqual([0, 0]);
    },
  );

  it("is refused where somebody has read it and left nothing", async () => {
    const swallow: RequestHandler = (req, _res, next) => void req.resume().once("end", () => next());
    const { post, recorded } = await serve(express, [swallow]);
    expect(await post("/metrics/log", log)).toBe(400);
    expect(await recorded()).toEqual([0, 0]);
  });
});
