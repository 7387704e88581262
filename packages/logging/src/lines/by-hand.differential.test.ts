import type { InferenceRecord, RequestRecord, ToolRecord } from "@aiwatch/core";
import fc from "fast-check";
import type { Logger } from "pino";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CreateLoggerOptions, componentLogger, createLogger } from "../create-logger.ts";
import { logTo } from "../log-to.ts";
import { DirectWriter } from "../logger/direct-writer.ts";
import { capturedLines } from "../test-support/captured-lines.ts";
import { inferenceRecord, requestRecord } from "../test-support/records.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_795_448_481_507 });
});
afterEach(() => {
  vi.useRealTimers();
});

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: "grapheme-ascii", maxLength: 600 }),
  fc.constantFrom(
    "/chat?token=abc",
    "http://ada:secret@here/x",
    "a=b",
    "x@y",
    'quo"ted\\',
    "\n",
    "",
    "½",
    "🦙",
    "\u202e",
    "\ud800",
  ),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, 0, Number.NaN, Number.POSITIVE_INFINITY));
/** As a host could have it that heeds no types. */
const anything = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(10n, { a: 1 }, ["a"], () => 1),
);

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const ids = { requestId: optional(text), traceId: optional(text), spanId: optional(text) };
const failure = optional(fc.record({ type: text }));

const requests = fc.record({
  ...ids,
  method: text,
  path: text,
  route: text,
  status: fc.oneof(number, anything),
  durationMs: number,
  requestFirstTokenMs: optional(number),
  beforeModelMs: optional(number),
  userAgent: optional(text),
  user: optional(fc.oneof(text, anything)),
  aborted: fc.oneof(fc.boolean(), anything),
  own: fc.boolean(),
  failure,
}) as fc.Arbitrary<Partial<RequestRecord>>;

const figures = [
  "requestFirstTokenMs",
  "beforeModelMs",
  "queueMs",
  "promptEvalMs",
  "firstTokenMs",
  "timePerOutputTokenMs",
  "eventLoopDelayMs",
  "unexplainedMs",
] as const;
const counts = ["promptTokens", "cachedPromptTokens", "outputTokens", "reasoningTokens", "undeliveredTokens"] as const;
const inferences = fc.record({
  ...ids,
  model: text,
  operation: fc.constantFrom("chat", "embeddings"),
  finishReason: fc.record({
    unified: fc.oneof(fc.constantFrom("stop", "error", "aborted"), text),
    raw: optional(text),
  }),
  durationMs: number,
  ...Object.fromEntries(figures.map((name) => [name, optional(number)])),
  ...Object.fromEntries(
    [...counts, "contextShifts", "toolCalls"].map((name) => [name, optional(fc.oneof(number, anything))]),
  ),
  slo: optional(text),
  tokensPerSecond: optional(number),
  requestedModel: optional(text),
  server: optional(fc.record({ address: text, port: optional(number) })),
  attempt: optional(fc.oneof(number, anything)),
  serverTimes: optional(fc.record({ queueMs: optional(number), loadMs: optional(number) })),
  failure,
}) as fc.Arbitrary<Partial<InferenceRecord>>;

const tools = fc.record({
  ...ids,
  model: text,
  tool: text,
  outcome: fc.oneof(fc.constantFrom("ok", "error", "aborted"), text),
  durationMs: number,
  failure,
}) as fc.Arbitrary<Partial<ToolRecord>>;

type Change = (logger: Logger) => Logger;
const same: Change = (logger) => logger;

/** Loggers whose lines are made by hand, and loggers whose lines cannot be. */
const loggers: readonly [string, boolean, CreateLoggerOptions, Change][] = [
  ["as it comes", true, {}, same],
  ["of every level", true, { level: "trace" }, same],
  ["for errors alone", true, { level: "error" }, same],
  ["with a component and a service", true, { component: "app", service: "ünïcode = 1" }, same],
  ["that keeps names and shows contents", true, { keep: ["path", "user"], content: true }, same],
  ["with paths of the app's that are not ours", true, { redact: ["user.email", "secret"] }, same],
  ["a component's", true, {}, (logger) => componentLogger(logger, "x")],
  ["a child", true, {}, (logger) => logger.child({ tenant: "ada", apiKey: "x" })],
  ["a child's child", true, {}, (logger) => logger.child({ a: 1 }).child({ b: { c: [1] } })],
  ["a child of another level", true, {}, (logger) => logger.child({}, { level: "debug" })],
  [
    "a child with levels of its own",
    true,
    {},
    (logger) => logger.child({}, { customLevels: { loud: 35 } }) as unknown as Logger,
  ],
  [
    "a child with a serializer for another name",
    true,
    {},
    (logger) => logger.child({}, { serializers: { req: () => 1 } }),
  ],
  ["with a path of the app's for one of our names", false, { redact: ["path"] }, same],
  ["with a path of the app's for every name", false, { redact: ["*"] }, same],
  [
    "a child with one of our names",
    false,
    {},
    (logger) => logger.child({ model: "mine", route: "mine", tool: "mine" }),
  ],
  ["a child with paths of its own", false, {}, (logger) => logger.child({}, { redact: ["method", "model"] })],
  [
    "a child with a serializer",
    false,
    {},
    (logger) => logger.child({}, { serializers: { status: String, model: () => "m" } }),
  ],
  [
    "a child with a serializer of messages",
    false,
    {},
    (logger) => logger.child({}, { serializers: { msg: (msg: string) => `${msg}!` } }),
  ],
  [
    "a child with a formatter",
    false,
    {},
    (logger) => logger.child({}, { formatters: { log: (line) => ({ ...line, x: 1 }) } }),
  ],
  ["a child with a prefix", false, {}, (logger) => logger.child({}, { msgPrefix: "[app] " })],
];

/** The app's own methods in their place: lines go through pino then. */
function throughPino(logger: Logger): Logger {
  for (const level of ["debug", "info", "error"] as const) {
    const method = logger[level];
    logger[level] = function (this: Logger, ...line: never[]) {
      Reflect.apply(method, this, line);
    } as Logger["info"];
  }
  return logger;
}

function observed(options: CreateLoggerOptions, change: Change, isByHand: boolean) {
  const lines = capturedLines();
  const logger = change(createLogger({ pretty: false, destination: lines, ...options }));
  return { lines, observer: logTo(isByHand ? logger : throughPino(logger)) };
}

describe.each(loggers)("a logger %s", (_, isByHand, options, change) => {
  it("has lines made by hand only where nothing of the app's would be left out", () => {
    const logger = change(createLogger({ pretty: false, destination: capturedLines(), ...options }));
    const direct = DirectWriter.of(logger, ["path", "route", "method", "status", "model", "tool"]);
    const bindsOurs = "model" in logger.bindings();
    expect(direct?.writes("error") === true && !bindsOurs).toBe(isByHand);
    expect(DirectWriter.of(throughPino(logger), [])?.writes("error") ?? false).toBe(false);
  });

  const written = (event: "requestEnded" | "inferenceEnded" | "toolEnded", record: object) =>
    [true, false].map((mayBeByHand) => {
      const { lines, observer } = observed(options, change, mayBeByHand);
      try {
        observer[event]?.(record as never);
        // what is kept of the first
        observer[event]?.(record as never);
      } catch (error) {
        return String(error);
      }
      return lines.raw;
    });

  it.each([
    ["requestEnded", requests, requestRecord],
    ["inferenceEnded", inferences, inferenceRecord],
    ["toolEnded", tools, {}],
  ] as const)("%s: is to the byte what pino makes of it", (event, records, usual) => {
    fc.assert(
      fc.property(records, (record) => {
        const [byHand, byPino] = written(event, { ...usual, ...record });
        expect(byHand).toEqual(byPino);
      }),
      { numRuns: 60 },
    );
  });
});
