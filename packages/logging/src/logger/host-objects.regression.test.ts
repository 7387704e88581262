import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { fastify } from "fastify";
import { pinoHttp } from "pino-http";
import { expect, it } from "vitest";
import { capturedLogger } from "../test-support/captured-logger.ts";

it("an authenticated request stays one, before any hook of a Fastify app that logs by it", async () => {
  const { lines, logger } = capturedLogger();
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
  const { lines, logger } = capturedLogger();
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
  const { lines, logger } = capturedLogger();
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

it.each<[string, () => object]>([
  ["a getter", () => Object.defineProperty({}, "x", { enumerable: true, get: refuse })],
  ["a getter of the message", () => Object.defineProperty({ a: 1 }, "other", { enumerable: true, get: refuse })],
  ["the keys of a proxy", () => new Proxy({}, { ownKeys: refuse })],
  ["a response's headers", () => ({ res: Object.assign(response(), { getHeaders: refuse }) })],
  ["a request's method", () => ({ req: Object.defineProperty(request(), "method", { get: refuse }) })],
])("%s that throws costs the app no line", (_, make) => {
  const { lines, logger } = capturedLogger();
  logger.info(make(), "written");
  expect(lines.last()).toMatchObject({ level: "info", msg: "written" });
});

const unreadable: [string, () => unknown][] = [
  ["a getter", () => Object.defineProperty({ host: "h" }, "x", { enumerable: true, get: refuse })],
  ["a proxy's keys", () => new Proxy({}, { ownKeys: refuse })],
  ["a proxy's names", () => new Proxy({}, { has: refuse, ownKeys: refuse })],
  [
    "a revoked proxy",
    () => {
      const { proxy, revoke } = Proxy.revocable([], {});
      revoke();
      return proxy;
    },
  ],
  ["names that are no texts", () => [Object.create(null), "v", Symbol("s"), "w"]],
];

const ruled = [
  "headers",
  "rawHeaders",
  "query",
  "body",
  "url",
  "path",
  "auth",
  "apiKey",
  "messages",
  "value",
  "content",
];

it.each(unreadable)(
  "%s under a name that has a rule throws nothing, and hides nothing else from the rules",
  (_, make) => {
    for (const name of ruled) {
      const { lines, logger } = capturedLogger();
      const line = () => ({
        method: "GET",
        url: "/",
        role: "user",
        [name]: make(),
        lateKey: "canary",
        link: "https://u:canary@h/x",
      });
      logger.info(line(), "a");
      logger.child(line()).info({ o: line() }, "b");
      logger.setBindings(line());
      logger.info("%j", line());
      expect(lines.raw).toHaveLength(3);
      expect(lines.raw.join()).not.toContain("canary");
    }
  },
);

it("an error that pino's serializer gives up on keeps no mark, nor do those that it carries", () => {
  const { lines, logger } = capturedLogger();
  const inner = Object.defineProperty(new Error("inner"), "x", { enumerable: true, get: refuse });
  const outer = Object.assign(new Error("outer"), { inner });
  logger.error(outer);
  expect([outer, inner].flatMap((error) => Object.getOwnPropertySymbols(error))).toEqual([]);
  expect(lines.last()).toMatchObject({ level: "error", msg: "outer" });
});

it("a line with __proto__ as a name keeps it, and nothing is inherited from it", () => {
  const { lines, logger } = capturedLogger();
  logger.info(JSON.parse('{"__proto__":{"x":1},"a":1}'));
  expect(lines.raw[0]).toContain('"__proto__":{"x":1}');
});

it("a line that a value writes of itself meanwhile disturbs neither", () => {
  const { lines, logger } = capturedLogger();
  const talkative = {
    toJSON() {
      logger.info({ method: "GET", url: "/x?key=canary", query: { a: "canary" } }, "meanwhile");
      return { password: "canary" };
    },
  };
  logger.info(
    { method: "GET", auth: talkative, query: { b: "canary" }, url: "/y?key=canary", token: "canary" },
    "outer",
  );
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.lines()).toMatchObject([
    { msg: "meanwhile", url: "/x", query: "[Redacted]" },
    { msg: "outer", url: "/y", query: "[Redacted]", auth: { password: "[Redacted]" } },
  ]);
});

it("where JSON begins a value anew, its place is its own", () => {
  const { lines, logger } = capturedLogger();
  const talkative = {
    toJSON() {
      logger.info({ a: 1 }, "meanwhile");
      return "http://ada:canary@h/x?q=canary";
    },
  };
  logger.info({ url: talkative, auth: { "": "shown", pass: 1 } });
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.last()).toMatchObject({ url: "http://h/x", auth: { "": "shown", pass: 1 } });
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
