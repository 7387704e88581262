import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { isAiwatchError } from "@aiwatch/core";
import { context, trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CreateLoggerOptions, componentLogger, createLogger } from "./create-logger.ts";
import { loadPrettyFactory } from "./logger/pretty-stream.ts";
import { asyncContexts } from "./test-support/async-contexts.ts";
import { capturedLines } from "./test-support/captured-lines.ts";

beforeEach(() => {
  for (const name of ["LOG_LEVEL", "LOG_PRETTY", "AIWATCH_SERVICE", "OTEL_SERVICE_NAME"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  context.disable();
});

function captured(options: CreateLoggerOptions = {}) {
  const lines = capturedLines();
  return { lines, logger: createLogger({ destination: lines, ...options }) };
}

const codeOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (isAiwatchError(error)) return `${error.code}: ${error.message}`;
  }
  return undefined;
};

describe("a line", () => {
  it("has an ISO time, the level's name and its component", () => {
    const { lines, logger } = captured({ component: "chat", service: "chat-api" });
    logger.warn({ answer: 42 }, "hello");
    expect(lines.last()).toMatchObject({
      level: "warn",
      component: "chat",
      service: "chat-api",
      answer: 42,
      msg: "hello",
    });
    const time = String(lines.last()["time"]);
    expect(new Date(time).toISOString()).toBe(time);
  });

  it("holds no name twice, whoever sets the component", () => {
    const { lines, logger } = captured({ component: "a" });
    const components: unknown[] = [];
    for (const each of [
      logger,
      componentLogger(logger, "b"),
      componentLogger(componentLogger(logger, "b"), "c"),
      logger.child({ component: "d" }),
      logger.child({ component: "d" }).child({ x: 1 }),
      componentLogger(logger, "e").child({ x: 1 }),
    ]) {
      each.info("x");
      components.push(lines.last()["component"]);
    }
    logger.info({ component: "f" }, "x");
    expect([...components, lines.last()["component"]]).toEqual(["a", "b", "c", "d", "d", "e", "f"]);
  });

  it("has the ids of the span that it is written in, unless the app bound its own", () => {
    context.setGlobalContextManager(asyncContexts());
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const { lines, logger } = captured();
    const span = trace.wrapSpanContext({ ...ids, traceFlags: 1 });
    context.with(trace.setSpan(context.active(), span), () => {
      logger.info("inside");
      logger.child({ traceId: "mine" }).info("bound");
    });
    logger.info("outside");
    const [inside, bound, outside] = lines.lines();
    expect(inside).toMatchObject(ids);
    expect(bound).toMatchObject({ traceId: "mine", spanId: ids.spanId });
    expect(outside).not.toHaveProperty("traceId");
  });

  it("keeps the stack of the app's own errors", () => {
    const { lines, logger } = captured();
    logger.error(new TypeError("the app's"));
    expect(lines.last()).toMatchObject({ level: "error", msg: "the app's", err: { type: "TypeError" } });
  });
});

describe("redaction", () => {
  const secrets = {
    authorization: "canary",
    "Set-Cookie": ["canary"],
    apiKey: "canary",
    X_API_KEY: "canary",
    password: 12345,
    prompt: "canary",
    messages: [{ role: "user", content: "canary" }],
  };

  it("censors credentials and contents, down to the fourth object", () => {
    const { lines, logger } = captured({ redact: ["user.email"] });
    logger.info({
      ...secrets,
      req: { headers: { Authorization: "canary", host: "here" }, body: { user: secrets } },
      history: [{ role: "user", content: "canary" }, { content: "text/html" }],
      user: { email: "canary", name: "ada" },
      outputTokens: 3,
    });
    expect(lines.raw[0]).not.toMatch(/canary|12345/);
    expect(lines.last()).toMatchObject({
      authorization: "[Redacted]",
      messages: "[Redacted]",
      req: { headers: { host: "here" }, body: { user: { X_API_KEY: "[Redacted]" } } },
      history: [{ role: "user", content: "[Redacted]" }, { content: "text/html" }],
      user: { email: "[Redacted]", name: "ada" },
      outputTokens: 3,
    });
  });

  it("censors what is bound to children", () => {
    const { lines, logger } = captured();
    const bindings = { apiKey: "canary", prompt: "canary", req: { headers: { "x-api-key": "canary", host: "here" } } };
    logger.child(bindings).child({ token: "canary", messages: 3 }).info("x");
    expect(lines.raw[0]).not.toContain("canary");
    expect(lines.last()).toMatchObject({ apiKey: "[Redacted]", messages: 3, req: { headers: { host: "here" } } });
  });

  it("censors what an error carries", () => {
    const { lines, logger } = captured();
    const error = Object.assign(new Error("the app's"), {
      config: { headers: { Authorization: "canary" } },
      code: "E",
    });
    logger.error(error);
    logger.error({ err: error }, "again");
    expect(lines.raw.join()).not.toContain("canary");
    expect(lines.last()).toMatchObject({ err: { type: "Error", message: "the app's", code: "E" } });
    expect(lines.last()["err"]).toHaveProperty("stack");
  });

  it("shortens Node's requests and responses: their raw headers hold every credential", async () => {
    const { lines, logger } = captured();
    const server = createServer((req, res) => {
      res.setHeader("set-cookie", "canary");
      logger.info({ req }, "in the line");
      logger.child({ req }).info("bound");
      logger.info({ res, deep: { in: { an: { exchange: req } } } }, "answered");
      res.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: "Bearer canary", host: "here" };
    const sent = request({ port, path: "/chat?key=canary", headers }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    logger.error({ err: Object.assign(new Error("upstream"), { request: sent, response }) });
    await new Promise((closed) => server.close(closed));
    const shown = { method: "GET", url: "/chat", headers: { host: "here", authorization: "[Redacted]" } };
    expect(lines.raw.join("")).not.toContain("canary");
    expect(lines.lines()).toMatchObject([
      { req: shown },
      { req: shown },
      { res: { statusCode: 200 }, deep: { in: { an: { exchange: shown } } } },
      { err: { message: "upstream", request: shown, response: { statusCode: 200 } } },
    ]);
  });

  it("leaves counts, which hold no content, and contents where they are wanted", () => {
    const { lines, logger } = captured();
    logger.info({ messages: 3, body: { prompt: true }, password: undefined }, "counts");
    expect(lines.last()).toMatchObject({ messages: 3, body: { prompt: true }, msg: "counts" });
    const open = captured({ content: true });
    open.logger.child({ messages: ["hello"] }).info({ prompt: "hello", password: "canary" });
    expect(open.lines.last()).toMatchObject({ prompt: "hello", messages: ["hello"], password: "[Redacted]" });
  });

  it("changes neither the app's object nor what its classes say of themselves", () => {
    const { lines, logger } = captured();
    const object = { password: "kept", body: { token: "kept" }, at: new Date(0), list: [1, { a: 1 }] };
    logger.info(object);
    expect(object).toEqual({ password: "kept", body: { token: "kept" }, at: new Date(0), list: [1, { a: 1 }] });
    expect(lines.last()).toMatchObject({ at: "1970-01-01T00:00:00.000Z", list: [1, { a: 1 }] });
  });

  it("survives an object that holds itself", () => {
    const { lines, logger } = captured();
    const circle: Record<string, unknown> = { password: "canary" };
    circle["self"] = circle;
    logger.info(circle, "x");
    expect(lines.last()).toMatchObject({ msg: "x", password: "[Redacted]" });
  });
});

describe("the environment", () => {
  it.each([
    [undefined, "info"],
    ["", "info"],
    ["debug", "debug"],
    ["WARN", "warn"],
    ["silent", "silent"],
  ])("LOG_LEVEL=%s is %s", (value, level) => {
    vi.stubEnv("LOG_LEVEL", value);
    expect(captured().logger.level).toBe(level);
  });

  it("gives way to the options", () => {
    vi.stubEnv("LOG_LEVEL", "nonsense");
    vi.stubEnv("LOG_PRETTY", "true");
    const { lines, logger } = captured({ level: "debug", pretty: false });
    logger.debug("x");
    expect(lines.last()).toMatchObject({ level: "debug" });
  });

  it("is in an object: a name in its place is refused", () => {
    expect(codeOf(() => createLogger("chat-api" as never))).toBe(
      'AIWATCH_INVALID_SETTING: the argument of createLogger is "chat-api", expected an object with its options',
    );
  });

  it("is refused by name, with what it holds and what it may hold", () => {
    vi.stubEnv("LOG_LEVEL", "verbose");
    expect(codeOf(() => createLogger())).toBe(
      'AIWATCH_INVALID_SETTING: LOG_LEVEL is "verbose", expected one of trace, debug, info, warn, error, fatal, silent',
    );
    vi.stubEnv("LOG_LEVEL", undefined);
    vi.stubEnv("LOG_PRETTY", "maybe");
    expect(codeOf(() => createLogger())).toBe('AIWATCH_INVALID_SETTING: LOG_PRETTY is "maybe", expected true or false');
    expect(codeOf(() => createLogger({ level: "loud" as "info", pretty: false }))).toContain('"loud"');
  });

  it("names the service", () => {
    vi.stubEnv("OTEL_SERVICE_NAME", "second");
    vi.stubEnv("AIWATCH_SERVICE", "first");
    const { lines, logger } = captured();
    logger.info("x");
    expect(lines.last()).toMatchObject({ service: "first" });
  });
});

describe("pretty lines", () => {
  it("are written within the call, one line each", () => {
    vi.stubEnv("LOG_PRETTY", "true");
    const { lines, logger } = captured({ component: "chat" });
    logger.info({ answer: 42, password: "canary" }, "hello");
    expect(lines.raw).toHaveLength(1);
    expect(lines.raw[0]).toMatch(/^\[.*\] INFO: hello \{"component":"chat","answer":42,"password":"\[Redacted\]"\}\n$/);
  });

  it("hand flush and fatal's flush on", () => {
    const flush = vi.fn((callback: () => void) => callback());
    const flushSync = vi.fn();
    const logger = createLogger({ destination: { write: () => true, flush, flushSync }, pretty: true });
    const flushed = vi.fn();
    logger.flush(flushed);
    logger.fatal("the last");
    expect(flushed).toHaveBeenCalledOnce();
    expect(flushSync).toHaveBeenCalledOnce();
  });

  it("say how to get pino-pretty where it is not installed", () => {
    const load = () => {
      throw Object.assign(new Error("Cannot find module 'pino-pretty'"), { code: "MODULE_NOT_FOUND" });
    };
    expect(codeOf(() => loadPrettyFactory(load))).toMatch(
      /^AIWATCH_MISSING_PEER: .*npm install --save-dev pino-pretty/,
    );
  });
});
