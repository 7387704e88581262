import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { context, trace } from "@opentelemetry/api";
import fc from "fast-check";
import { type Logger, multistream } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CreateLoggerOptions, componentLogger, createLogger } from "../create-logger.ts";
import { asyncContexts } from "../test-support/async-contexts.ts";
import { capturedLines } from "../test-support/captured-lines.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_795_448_481_507 });
});
afterEach(() => {
  vi.useRealTimers();
  context.disable();
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 120 }),
  fc.string({ unit: "grapheme-ascii" }),
  fc.constantFrom(
    "/chat?token=abc",
    "http://ada:secret@here/x?q=1",
    "a=b",
    "x@y",
    "GET /x?y not found",
    "half \ud800",
    "",
  ),
);
const names = fc.oneof(
  fc.constantFrom("a", "b", "user", "model", "port"),
  // with a rule
  fc.constantFrom(
    "apiKey",
    "password",
    "path",
    "url",
    "query",
    "method",
    "headers",
    "key",
    "value",
    "name",
    "messages",
    "body",
  ),
  // of which a line is more than its values
  fc.constantFrom(
    "requestId",
    "traceId",
    "spanId",
    "component",
    "host",
    "accept",
    "err",
    "msg",
    "level",
    "time",
    "__proto__",
    "toJSON",
  ),
  fc.string({ maxLength: 100 }),
  fc.nat().map(String),
);
const error = fc.record({ message: text, code: text }).map(({ message, code }) => {
  const made = Object.assign(new Error(message), { code });
  made.stack = "Error: at a place";
  return made;
});
const scalar = fc.oneof(
  text,
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(null, undefined, 10n, () => 1, Symbol("s"), Number.NaN, -0),
);
const nested = fc.oneof(
  fc.dictionary(names, scalar),
  fc.array(scalar),
  fc.date(),
  error,
  fc.constantFrom({ toJSON: () => "x?token=abc" }, new Map([["a", 1]]), Object.create(null), Object("token=abc")),
);
const line = fc.oneof(
  fc.dictionary(names, fc.oneof({ weight: 3, arbitrary: scalar }, nested), { maxKeys: 10, noNullPrototype: false }),
  fc.constantFrom(
    Object.defineProperty({ a: 1 }, "b", { enumerable: true, get: () => "token=abc" }),
    Object.defineProperty({ value: "canary" }, "name", { enumerable: true, get: () => "password" }),
    Object.defineProperty({ a: {} }, "b", { enumerable: true, get: refuse }),
    Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true } }),
    new (class Request {
      method = "GET";
      url = "/x?y=1";
      path = "/x?y=1";
    })(),
    [1, { apiKey: "x" }],
    new Map(),
  ),
  error,
);
const message = fc.oneof(text, fc.constantFrom(undefined, "%s", "of %j"));

const loggers: readonly [string, CreateLoggerOptions, (logger: Logger) => Logger][] = [
  ["as it comes", {}, (logger) => logger],
  ["with a component and a service", { component: "app=1", service: "ünïcode" }, (logger) => logger],
  ["with names that it keeps", { keep: ["apiKey", "path"], content: true }, (logger) => logger],
  ["with paths of the app's", { redact: ["a", "user.name", "url"] }, (logger) => logger],
  ["with a path for one of our names", { redact: ["requestId"] }, (logger) => logger],
  ["with a path for every name", { redact: ["*"] }, (logger) => logger],
  ["a component's child", {}, (logger) => componentLogger(logger, "x").child({ a: 1 })],
  ["a child that binds one of our names", {}, (logger) => logger.child({ traceId: "mine", component: "mine" })],
  ["a child with paths of its own", {}, (logger) => logger.child({ b: 1 }, { redact: ["a", "*.b"] })],
  ["a child with serializers", {}, (logger) => logger.child({}, { serializers: { a: String, err: () => "e" } })],
  ["a child with a serializer for ours", {}, (logger) => logger.child({}, { serializers: { traceId: () => "t" } })],
  ["a child with a serializer of messages", {}, (logger) => logger.child({}, { serializers: { msg: () => "m" } })],
  [
    "a child with a formatter",
    {},
    (logger) => logger.child({}, { formatters: { log: (each) => ({ ...each, x: 1 }) } }),
  ],
  ["a child with a prefix", {}, (logger) => logger.child({}, { msgPrefix: "[app] " })],
];

/** With a listener on pino's own channel pino makes every line by itself. */
function written(options: CreateLoggerOptions, change: (logger: Logger) => Logger, log: (logger: Logger) => void) {
  const lines = capturedLines();
  const logger = change(createLogger({ level: "trace", pretty: false, destination: lines, ...options }));
  const span = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  const writeAll = () => {
    log(logger);
    context.with(trace.setSpan(context.active(), span), () => log(logger));
  };
  try {
    writeAll();
  } catch (thrown) {
    return [...lines.raw, String(thrown)];
  }
  return lines.raw;
}

const listener = () => {};
function byPino<Result>(action: () => Result): Result {
  subscribe("tracing:pino_asJson:start", listener);
  try {
    return action();
  } finally {
    unsubscribe("tracing:pino_asJson:start", listener);
  }
}

describe.each(loggers)("a logger %s", (_, options, change) => {
  it("writes to the byte what pino makes of a line", () => {
    context.setGlobalContextManager(asyncContexts());
    fc.assert(
      fc.property(line, message, (fields, said) => {
        const log = (logger: Logger) => logger.info(fields, said, { apiKey: "x" });
        const ours = written(options, change, log);
        expect(ours).toEqual(byPino(() => written(options, change, log)));
        expect(ours.join("").includes("canary")).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

it("the value that a getter gives is read once", () => {
  const read = vi.fn(() => 1);
  const fields = Object.defineProperty({ nested: {}, path: "/x" }, "got", { enumerable: true, get: read });
  createLogger({ pretty: false, destination: capturedLines() }).info(fields, "x");
  expect(read).toHaveBeenCalledOnce();
});

it("a stream that is told of each line's object is told of its ids", () => {
  context.setGlobalContextManager(asyncContexts());
  const told: object[] = [];
  const stream = {
    [Symbol.for("pino.metadata")]: true,
    lastObj: {},
    write() {
      told.push(this.lastObj);
    },
  };
  const logger = createLogger({ pretty: false, component: "app", destination: stream });
  logger.info({ a: 1 });
  createLogger({ pretty: false, destination: multistream([{ stream }]) }).info({ b: 1 });
  expect(told).toEqual([{ component: "app", a: 1 }, { b: 1 }]);
});

function refuse(): never {
  throw new Error("refused");
}
