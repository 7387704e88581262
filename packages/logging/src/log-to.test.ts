import { createAiwatch, type RequestRecord, type ToolRecord } from "@aiwatch/core";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { componentLogger, createLogger } from "./create-logger.ts";
import { type LineLogger, logTo } from "./log-to.ts";
import { capturedLines } from "./test-support/captured-lines.ts";
import { inferenceRecord, requestRecord } from "./test-support/records.ts";

/** Node's own are kept at load: here they are what a test makes of them. */
vi.mock("node:timers", async (original) => {
  const setTimeout = (...args: Parameters<typeof globalThis.setTimeout>) => globalThis.setTimeout(...args);
  const clearTimeout = (timer: NodeJS.Timeout) => globalThis.clearTimeout(timer);
  return { default: { ...(await original<object>()), setTimeout, clearTimeout } };
});

const always = { level: "info", pid: expect.any(Number), hostname: expect.any(String), time: expect.any(String) };
const ids = { requestId: "request-1", traceId: requestRecord.traceId };

function linesOf(record: Partial<RequestRecord>, level: "info" | "debug" = "info") {
  const captured = capturedLines();
  logTo(createLogger({ destination: captured, level })).requestEnded?.({ ...requestRecord, ...record });
  return captured.lines();
}

it.each([
  ["undefined", undefined],
  ["an object", { service: "chat" }],
  ["the function createLogger", createLogger],
])("refuses what is no logger: %s", (shown, given) => {
  const message = `the first argument of logTo is ${shown}, expected a logger, such as what createLogger() returns`;
  expect(() => logTo(given as never)).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_SETTING", message }));
});

describe("a request's line", () => {
  it("says all that is known, and nothing else", () => {
    expect(linesOf({ user: "ada" })).toEqual([
      {
        ...always,
        ...ids,
        spanId: requestRecord.spanId,
        component: "http",
        method: "POST",
        path: "/chat/42",
        route: "/chat/:id",
        status: 200,
        durationMs: 12.346,
        userAgent: "curl/8",
        user: "ada",
        msg: "request completed",
      },
    ]);
  });

  it.each([
    ["a failure", { status: 503, failure: { type: "unavailable" } }, "error", "request failed"],
    ["a broken stream", { status: 200, failure: { type: "stream_failed" } }, "error", "request failed"],
    ["a client's mistake", { status: 404 }, "info", "request completed"],
    ["an abort", { status: 499, aborted: true }, "info", "request aborted"],
    [
      "a failing route of our own",
      { own: true, status: 500, failure: { type: "internal" } },
      "error",
      "request failed",
    ],
  ])("has the right level: %s", (_, record, level, msg) => {
    expect(linesOf(record)).toMatchObject([{ level, msg, status: record.status }]);
  });

  it("is debug for our own routes", () => {
    expect(linesOf({ own: true })).toEqual([]);
    expect(linesOf({ own: true }, "debug")).toMatchObject([{ level: "debug" }]);
  });

  it("cannot be forged, nor grow, from outside", () => {
    const hostile = '\n{"level":"fatal","msg":"forged"}\u001b[31m';
    const [long] = linesOf({ path: `/${"x".repeat(9_000)}`, userAgent: hostile, user: hostile });
    expect(String(long?.["path"])).toHaveLength(512);
    expect(long?.["userAgent"]).toBe('\ufffd{"level":"fatal","msg":"forged"}\ufffd[31m');
    const captured = capturedLines();
    const pretty = createLogger({ destination: captured, pretty: true });
    logTo(pretty).requestEnded?.({ ...requestRecord, path: hostile, userAgent: hostile, user: hostile });
    expect(captured.raw).toHaveLength(1);
    const [line = ""] = captured.raw;
    expect([line.indexOf("\n"), line.includes("\u001b")]).toEqual([line.length - 1, false]);
  });
});

describe("a wrapper around the logger", () => {
  const writeThrough = (change: (fields: object) => object) => {
    const captured = capturedLines();
    const logger = createLogger({ destination: captured });
    const info = (fields: object, message: string) => logger.info(change(fields), message);
    logTo({ info, debug: info, error: info }).requestEnded?.(requestRecord);
    return captured.lines();
  };
  const secret = { session: { password: "hunter2" }, prompt: "who am I" };
  const hidden = { session: { password: "[Redacted]" }, prompt: "[Redacted]", path: "/chat/42" };

  it("may add fields to a copy of ours, or to ours: they are censored as everywhere", () => {
    expect(writeThrough((fields) => ({ ...fields, ...secret }))).toMatchObject([hidden]);
    expect(writeThrough((fields) => Object.assign(fields, secret))).toMatchObject([hidden]);
  });

  it("finds plain fields and nothing else", () => {
    let found: object = {};
    const info = (fields: object) => {
      found = fields;
    };
    logTo({ info, debug: info, error: info }).requestEnded?.(requestRecord);
    expect(Reflect.ownKeys(found).filter((key) => typeof key === "symbol")).toEqual([]);
  });
});

describe("an inference's line", () => {
  const linesOfInference = (record: object) => {
    const captured = capturedLines();
    logTo(createLogger({ destination: captured })).inferenceEnded?.({ ...inferenceRecord, ...record });
    return captured.lines();
  };

  it("says all that is known, and nothing else", () => {
    expect(linesOfInference({})).toEqual([
      {
        ...always,
        ...ids,
        spanId: inferenceRecord.spanId,
        component: "inference",
        model: "tiny",
        operation: "chat",
        finishReason: "stop",
        finishReasonRaw: "eogToken",
        promptTokens: 12,
        cachedPromptTokens: 4,
        outputTokens: 3,
        durationMs: 100,
        queueMs: 1,
        promptEvalMs: 20,
        firstTokenMs: 21.5,
        tokensPerSecond: 42.123,
        msg: "inference completed",
      },
    ]);
  });

  it("says which model server it was sent to, and what that tells of its times", () => {
    const sent = {
      requestedModel: "gpt-4o",
      server: { address: "127.0.0.1", port: 8080 },
      attempt: 2,
      serverTimes: { queueMs: 5, loadMs: 70.00049, promptEvalMs: 20 },
      unexplainedMs: 1.23456,
    };
    expect(linesOfInference(sent)).toMatchObject([
      {
        requestedModel: "gpt-4o",
        server: "127.0.0.1:8080",
        attempt: 2,
        serverQueueMs: 5,
        serverLoadMs: 70,
        unexplainedMs: 1.235,
      },
    ]);
    const [line] = linesOfInference({ server: { address: "models.example" }, attempt: 0 });
    expect(line).toMatchObject({ server: "models.example" });
    expect(line).not.toHaveProperty("attempt");
  });

  it("is an error where it failed, by type alone", () => {
    const failed = { finishReason: { unified: "error" }, failure: { type: "context_overflow" } };
    expect(linesOfInference(failed)).toMatchObject([
      { level: "error", msg: "inference failed", errorType: "context_overflow" },
    ]);
  });

  it("is none where the caller ended it", () => {
    const [line] = linesOfInference({ finishReason: { unified: "aborted" } });
    expect(line).toMatchObject({ level: "info", msg: "inference aborted" });
    expect(line).not.toHaveProperty("errorType");
  });
});

describe("a tool call's line", () => {
  const linesOfTool = (record: Partial<ToolRecord>) => {
    const captured = capturedLines();
    const { traceId = "", spanId = "" } = inferenceRecord;
    const whole: ToolRecord = {
      model: "tiny",
      tool: "getWeather",
      outcome: "ok",
      durationMs: 7.65432,
      traceId,
      spanId,
    };
    logTo(createLogger({ destination: captured })).toolEnded?.({ ...whole, ...record });
    return captured.lines();
  };

  it("says all that is known, and nothing else", () => {
    expect(linesOfTool({})).toEqual([
      {
        ...always,
        traceId: inferenceRecord.traceId,
        spanId: inferenceRecord.spanId,
        component: "tool",
        model: "tiny",
        tool: "getWeather",
        outcome: "ok",
        durationMs: 7.654,
        msg: "tool call completed",
      },
    ]);
  });

  it.each([
    ["error", "error", "tool call failed"],
    ["aborted", "info", "tool call aborted"],
  ] as const)("has the right level: %s", (outcome, level, msg) => {
    expect(linesOfTool({ outcome })).toMatchObject([{ level, msg, outcome }]);
  });

  it("is left out on wish", () => {
    expect(logTo(createLogger({ destination: capturedLines() }), { tools: false }).toolEnded).toBeUndefined();
  });
});

describe("logTo", () => {
  it("writes no name twice on a logger that binds the same ones", () => {
    const captured = capturedLines();
    const bound = { component: "mine", requestId: "mine", model: "mine" };
    for (const logger of [
      pino({}, captured).child(bound),
      createLogger({ destination: captured, component: "app" }).child(bound),
    ]) {
      logTo(logger).inferenceEnded?.(inferenceRecord);
      expect(captured.last()).toMatchObject({ ...bound, traceId: inferenceRecord.traceId });
    }
    logTo(componentLogger(createLogger({ destination: captured, component: "a" }), "b")).requestEnded?.(requestRecord);
    expect(captured.last()).toMatchObject({ component: "http" });
  });

  it("leaves out what the app does not want", () => {
    const captured = capturedLines();
    const observer = logTo(createLogger({ destination: captured }), { requests: false });
    expect(observer.requestEnded).toBeUndefined();
    observer.inferenceEnded?.(inferenceRecord);
    expect(captured.lines()).toHaveLength(1);
    expect(logTo(pino({}, captured), { inferences: false }).inferenceEnded).toBeUndefined();
  });

  it("makes no line that nobody sees", () => {
    const write = vi.fn();
    const silent = createLogger({ destination: { write }, level: "silent" });
    const unread = new Proxy(requestRecord, {
      get: (record, name) => (name === "path" ? expect.unreachable() : Reflect.get(record, name)),
    });
    logTo(silent).requestEnded?.(unread);
    expect(write).not.toHaveBeenCalled();
  });

  it("takes any logger with three methods", () => {
    const error = vi.fn();
    const logger: LineLogger = { debug: vi.fn(), info: vi.fn(), error };
    logTo(logger).requestEnded?.({ ...requestRecord, status: 500, failure: { type: "internal" } });
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ status: 500 }), "request failed");
  });

  it("changes nothing for the app where the logger throws", async () => {
    const fault = () => {
      throw new Error("disk full");
    };
    const bad: LineLogger = { debug: fault, info: fault, error: fault, flush: fault };
    const onDiagnostic = vi.fn();
    const registry = new Registry();
    const aiwatch = createAiwatch({ registry, observers: [logTo(bad)], onDiagnostic });
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token();
    inference.end({ unified: "stop" });
    await aiwatch.close();
    expect(inference.ended).toBe(true);
    expect(onDiagnostic).toHaveBeenCalledOnce();
    expect(await registry.metrics()).toMatch(/genai_app_inferences_total\{.*finish_reason="stop".*\} 1/);
    expect(await registry.metrics()).toMatch(/genai_app_telemetry_errors_total\{source="observer"\} 1/);
  });

  it("writes inside a core inference, with its model and no content", () => {
    const captured = capturedLines();
    const observers = [logTo(createLogger({ destination: captured, level: "trace" }))];
    const inference = createAiwatch({ registry: new Registry(), observers }).startInference({ model: "tiny" });
    inference.fail(new Error("the canary of a prompt"));
    expect(captured.last()).toMatchObject({ model: "tiny", level: "error", errorType: "Error" });
    expect(captured.raw.join()).not.toContain("canary");
  });
});

describe("close", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const methods = { debug: vi.fn(), info: vi.fn(), error: vi.fn() };

  it("waits until the stream is flushed", async () => {
    const flush = vi.fn((callback: (error?: Error) => void) => callback(new Error("gone")));
    await logTo({ ...methods, flush }).close?.();
    expect(flush).toHaveBeenCalledOnce();
  });

  it("ends by itself where the stream never says so, and where it throws", async () => {
    vi.useFakeTimers();
    const closed = logTo({ ...methods, flush: () => undefined }).close?.();
    await vi.advanceTimersByTimeAsync(2_000);
    await closed;
    await logTo({
      ...methods,
      flush: () => {
        throw new Error("destroyed");
      },
    }).close?.();
    await logTo(methods).close?.();
  });
});
