import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { fastify } from "fastify";
import { pinoHttp } from "pino-http";
import { expect, it } from "vitest";
import { createLogger } from "../create-logger.ts";
import { capturedLines } from "../test-support/captured-lines.ts";

function captured() {
  const lines = capturedLines();
  return { lines, logger: createLogger({ level: "trace", pretty: false, destination: lines }) };
}

it("an authenticated request stays one, before any hook of a Fastify app that logs by it", async () => {
  const { lines, logger } = captured();
  const app = fastify({ loggerInstance: logger });
  const seen: unknown[] = [];
  app.addHook("onRequest", async ({ headers }) => void seen.push({ ...headers }));
  app.get("/", async (request) => {
    request.log.info({ req: request, raw: request.raw, headers: request.headers }, "whole");
    return request.headers.authorization;
  });
  const sent = { authorization: "Bearer canary", cookie: "sid=canary" };
  const { body } = await app.inject({ url: "/?key=canary", headers: sent });
  await app.close();
  expect(body).toBe("Bearer canary");
  expect(seen).toMatchObject([sent]);
  expect(lines.raw.join()).not.toContain("canary");
  // Fastify's own serializers say what a request shows
  expect(lines.lines()[0]).toMatchObject({ req: { method: "GET", url: "/", host: "localhost:80" } });
});

it("pino-http's response keeps its status and headers", async () => {
  const { lines, logger } = captured();
  const log = pinoHttp({ logger });
  const server = createServer((req, res) => {
    log(req, res);
    res.setHeader("x-powered-by", "node").setHeader("set-cookie", "canary");
    res.writeHead(204).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x?key=canary`);
  await new Promise((closed) => server.close(closed));
  const headers = { "x-powered-by": "node", "set-cookie": "[Redacted]" };
  expect(lines.last()).toMatchObject({ req: { method: "GET", url: "/x" }, res: { statusCode: 204, headers } });
});

it("a serializer of the app's is handed what the app logged", () => {
  const { lines, logger } = captured();
  const handed: unknown[] = [];
  const keep = (value: unknown) => {
    handed.push(value);
    return { kept: value };
  };
  const child = logger.child({}, { serializers: { req: keep, token: keep, prompt: keep } });
  const req = new IncomingMessage(new Socket());
  child.info({ req, token: ["canary"], prompt: { text: "canary" } });
  expect(handed).toEqual([req, ["canary"], { text: "canary" }]);
  expect(lines.last()).toMatchObject({ token: "[Redacted]", prompt: "[Redacted]", req: { kept: { headers: {} } } });
});

it("a child's own formatter and its own redaction let nothing through", () => {
  const { lines, logger } = captured();
  logger.child({}, { formatters: { log: (line) => ({ ...line, apiKey: "canary" }) } }).info({ a: 1 });
  logger.child({ password: "canary" }, { redact: ["user.email"] }).info({ token: "canary", user: { email: "canary" } });
  logger
    .child({}, { redact: ["user.email"] })
    .child({ secret: "canary" })
    .info("x %j", { password: "canary" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("paths of the app's own change none of its instances", () => {
  const lines = capturedLines();
  const logger = createLogger({
    pretty: false,
    destination: lines,
    redact: ["req.headers.host", "account.owner", "*.pin"],
  });
  class Account {
    owner = "ada";
    get pin() {
      return 1234;
    }
  }
  const req = Object.assign(new IncomingMessage(new Socket()), { headers: { host: "kept", cookie: "kept" } });
  const account = new Account();
  logger.info({ req, account, card: { pin: 1 } });
  expect([req.headers, account.owner]).toEqual([{ host: "kept", cookie: "kept" }, "ada"]);
  expect(lines.last()).toMatchObject({
    req: { headers: { host: "[Redacted]" } },
    account: { owner: "[Redacted]" },
    card: { pin: "[Redacted]" },
  });
});

it.each<[string, () => object]>([
  ["a getter", () => Object.defineProperty({}, "x", { enumerable: true, get: refuse })],
  ["a getter of the message", () => Object.defineProperty({ a: 1 }, "other", { enumerable: true, get: refuse })],
  ["the keys of a proxy", () => new Proxy({}, { ownKeys: refuse })],
  ["a response's headers", () => ({ res: Object.assign(response(), { getHeaders: refuse }) })],
  ["a request's method", () => ({ req: Object.defineProperty(request(), "method", { get: refuse }) })],
])("%s that throws costs the app no line", (_, make) => {
  const { lines, logger } = captured();
  logger.info(make(), "written");
  expect(lines.last()).toMatchObject({ level: "info", msg: "written" });
});

it("values under more names than are remembered are censored all the same", () => {
  const { lines, logger } = captured();
  for (let count = 0; count < 1_200; count += 1) logger.info({ [`n${count}Token`]: "canary" });
  logger.child({ lastToken: "canary" }).info({ anotherSecret: "canary" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("names that the app keeps are shown", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, keep: ["cacheKey", "X-Tenant"] });
  logger.info({
    cacheKey: "a",
    cache_key: "b",
    otherKey: "canary",
    req: { headers: { "x-tenant": "c", "x-own": "canary" } },
  });
  expect(lines.last()).toMatchObject({
    cacheKey: "a",
    cache_key: "b",
    otherKey: "[Redacted]",
    req: { headers: { "x-tenant": "c" } },
  });
  expect(lines.raw.join()).not.toContain("canary");
});

function refuse(): never {
  throw new Error("refused");
}

function request(): IncomingMessage {
  return new IncomingMessage(new Socket());
}

function response(): ServerResponse {
  return new ServerResponse(request());
}
