import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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
  for (let count = 0; count < 4_500; count += 1) logger.info({ [`n${count}Token`]: "canary" });
  logger.child({ otherToken: "canary" }).info({ anotherSecret: "canary" });
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
      const { lines, logger } = captured();
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

it("what the app's own paths hide is hidden under our names, too, by wildcards and in a child", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, redact: ["*.street", "user.email"] });
  const place = { street: "canary" };
  logger.info({
    location: place,
    auth: place,
    other: place,
    user: {
      email: "canary",
      toJSON() {
        return { mail: this.email };
      },
    },
  });
  logger
    .child({ url: { ssn: "canary" } }, { redact: ["*.ssn"] })
    .info({ location: { ssn: "canary" }, headers: { ssn: "canary" } });
  createLogger({ pretty: false, destination: lines, redact: ["*"] }).info({
    location: "canary",
    url: "https://canary",
  });
  expect(lines.raw.join()).not.toContain("canary");
});

it("a child's own formatter of bindings runs once, and what it adds is censored", () => {
  const { lines, logger } = captured();
  const bindings = (bound: object) => ({ ...bound, apiKey: "canary", extra: 1 });
  for (const redact of [undefined, ["user.email"]]) {
    logger.child({ a: 1 }, { formatters: { bindings }, ...(redact && { redact }) }).info("x");
    expect(lines.last()).toMatchObject({ a: 1, apiKey: "[Redacted]", extra: 1 });
  }
});

it("what a child is given reaches pino as it was given", () => {
  const { lines, logger } = captured();
  const seen: unknown[] = [];
  logger.onChild = (child) => void seen.push(child.bindings());
  logger.child({ a: 1 }, { redact: ["b"] });
  expect(seen).toEqual([{ a: 1 }]);
  const formatters = {
    prefix: "p",
    log(this: { prefix: string }, line: object) {
      return { ...line, by: this.prefix };
    },
  };
  logger.child({}, { formatters }).info({ a: 1 });
  expect(lines.last()).toMatchObject({ a: 1, by: "p" });
  logger.child({}, { formatters: { log: () => undefined as unknown as object } }).info({ a: 1 }, "x");
  expect(lines.last()).toMatchObject({ msg: "x" });
});

it("a name that is bound later stands in no line twice", () => {
  const { lines, logger } = captured();
  const named = createLogger({ pretty: false, destination: lines, component: "a" });
  named.setBindings({ component: "b" });
  named.child({ x: 1 }).info("x");
  expect(lines.last()).toMatchObject({ component: "b", x: 1 });
  expect(logger.bindings()).toEqual({});
});

it("an error that pino's serializer gives up on keeps no mark, nor do those that it carries", () => {
  const { lines, logger } = captured();
  const inner = Object.defineProperty(new Error("inner"), "x", { enumerable: true, get: refuse });
  const outer = Object.assign(new Error("outer"), { inner });
  logger.error(outer);
  expect([outer, inner].flatMap((error) => Object.getOwnPropertySymbols(error))).toEqual([]);
  expect(lines.last()).toMatchObject({ level: "error", msg: "outer" });
});

it("a line with __proto__ as a name keeps it, and nothing is inherited from it", () => {
  const { lines, logger } = captured();
  logger.info(JSON.parse('{"__proto__":{"x":1},"a":1}'));
  expect(lines.raw[0]).toContain('"__proto__":{"x":1}');
});

it("a line that a value writes of itself meanwhile disturbs neither", () => {
  const { lines, logger } = captured();
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

it("a message ends what it names before its query, as Fastify's of a route that is not there", async () => {
  const { lines, logger } = captured();
  const app = fastify({ loggerInstance: logger });
  await app.inject("/nope?key=canary&q=canary");
  await app.close();
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.lines().map(({ msg }) => msg)).toContain("Route GET:/nope not found");
});

it("names of any length and number are not kept for ever", async () => {
  const app = fileURLToPath(new URL("../test-support/hostile-names-app.ts", import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings", app];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  // all of them together are 120 MB
  expect(Number(stdout)).toBeLessThan(20e6);
});

it("what a serializer returns, and any text at the top of a line, is looked at", () => {
  const { lines, logger } = captured();
  const serializers = { db: ({ dsn }: { dsn: string }) => dsn, req: ({ url }: { url: string }) => `GET ${url}` };
  logger.child({}, { serializers }).info({ db: { dsn: "postgres://u:canary@h" }, req: { url: "/x?api_key=canary" } });
  logger.info({ asked: "/x?api_key=canary", msg: "Route GET:/x?key=canary not found" });
  expect(lines.raw.join()).not.toContain("canary");
});

it("headers as the line, and as bindings, are headers", () => {
  const { lines, logger } = captured();
  const headers = { host: "h", accept: "*/*", "x-session": "canary", cookie: "canary" };
  logger.info(headers);
  logger.child(headers).info("x");
  logger.setBindings(headers);
  logger.info("y");
  expect(lines.raw.join()).not.toContain("canary");
  expect(lines.lines()[0]).toMatchObject({ host: "h", accept: "*/*", "x-session": "[Redacted]" });
});

it("headers stay where the app keeps the name", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, keep: ["headers"] });
  const headers = { host: "h", connection: "close" };
  logger.info({ h: headers, headers, req: { method: "GET", url: "/", headers } });
  expect(lines.last()).toMatchObject({ h: headers, headers, req: { method: "GET", url: "/", headers } });
});

it("what pino takes as no bindings, ours takes", () => {
  const { lines, logger } = captured();
  for (const none of [undefined, null]) logger.setBindings(none as never);
  logger.info("x");
  expect(lines.last()).toMatchObject({ msg: "x" });
});

it("a name bound to undefined, or later to the parent, is not taken for the child's", () => {
  const lines = capturedLines();
  const logger = createLogger({ pretty: false, destination: lines, component: "root" });
  logger.child({ component: undefined }).info("a");
  const child = logger.child({});
  logger.setBindings({ component: "late" });
  child.info("b");
  logger.info("c");
  expect(lines.lines().map(({ component }) => component)).toEqual(["root", "root", "late"]);
});

it("where JSON begins a value anew, its place is its own", () => {
  const { lines, logger } = captured();
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
