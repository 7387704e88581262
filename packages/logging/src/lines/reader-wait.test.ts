import { once } from "node:events";
import { hostname } from "node:os";
import { createAiwatch, type InferenceRecord, type RequestRecord } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import { fakeClock } from "@aiwatch/core/testing";
import { testServer } from "@aiwatch/testkit";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLogger } from "../create-logger.ts";
import { logTo } from "../log-to.ts";
import { capturedLines } from "../test-support/captured-lines.ts";
import { inferenceRecord, requestRecord } from "../test-support/records.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_795_448_481_507 });
});

afterEach(() => {
  vi.useRealTimers();
});

const begin = `{"level":"info","time":"2026-11-23T15:41:21.507Z","pid":${process.pid},"hostname":"${hostname()}"`;
const ids = '"requestId":"request-1","traceId":"0af7651916cd43dd8448eb211c80319c"';
const request = `${begin},"component":"http",${ids},"spanId":"b7ad6b7169203331","method":"POST","path":"/chat/42","route":"/chat/:id","status":200,"durationMs":12.346`;
const inference = `${begin},"component":"inference",${ids},"spanId":"00f067aa0ba902b7","model":"tiny","operation":"chat","finishReason":"stop","finishReasonRaw":"eogToken","promptTokens":12,"cachedPromptTokens":4,"outputTokens":3,"durationMs":100`;
const wait = ',"requestFirstTokenMs":455.123,"beforeModelMs":205';
const waited = { requestFirstTokenMs: 455.1234, beforeModelMs: 205 };

/** The line by hand, and the one that pino makes of the fields. */
function linesOf(write: (observer: ReturnType<typeof logTo>) => void): string[] {
  return [false, true].map((throughPino) => {
    const captured = capturedLines();
    const logger = createLogger({ destination: captured, pretty: false });
    const { info } = logger;
    if (throughPino) logger.info = ((...line: never[]) => Reflect.apply(info, logger, line)) as typeof info;
    write(logTo(logger));
    return captured.raw.join("");
  });
}

const twice = (line: string) => [line, line];
const requestLine = (record: Partial<RequestRecord>) =>
  linesOf((observer) => observer.requestEnded?.({ ...requestRecord, ...record }));
const inferenceLine = (record: Partial<InferenceRecord>) =>
  linesOf((observer) => observer.inferenceEnded?.({ ...inferenceRecord, ...record }));

it("has the reader's wait in a request's line, and nothing of it in one without a chat, to the byte", () => {
  const end = ',"userAgent":"curl/8","msg":"request completed"}\n';
  expect(requestLine({ chat: false })).toEqual(twice(request + end));
  expect(requestLine({})).toEqual(twice(request + end));
  expect(requestLine(waited)).toEqual(twice(request + wait + end));
});

it("has the reader's wait in the line of the inference whose token ended it, and in no other, to the byte", () => {
  const end =
    ',"queueMs":1,"promptEvalMs":20,"firstTokenMs":21.5,"tokensPerSecond":42.123,"msg":"inference completed"}\n';
  expect(inferenceLine({})).toEqual(twice(inference + end));
  expect(inferenceLine(waited)).toEqual(twice(inference + wait + end));
});

it("is the same wait in both lines of a request through a door", async () => {
  const clock = fakeClock(1000);
  const captured = capturedLines();
  const observers = [logTo(createLogger({ destination: captured }))];
  const aiwatch = createAiwatch({ registry: new Registry(), observers, clock });
  const answer = aiwatchNode((_req, res) => {
    clock.advance(30);
    const inference = aiwatch.startInference({ model: "tiny" });
    clock.advance(70);
    inference.token();
    inference.end({ unified: "stop" });
    const closed = once(res, "close");
    res.end("answered");
    return closed;
  }, aiwatch);
  const server = await testServer(answer);
  await (await fetch(server.url)).text();
  await server.close();
  await aiwatch.close();
  const lines = captured.lines();
  expect(lines).toMatchObject([
    { component: "inference", firstTokenMs: 70, requestFirstTokenMs: 100, beforeModelMs: 30 },
    { component: "http", requestFirstTokenMs: 100, beforeModelMs: 30, durationMs: 100 },
  ]);
  expect(lines[0]?.["requestId"]).toBe(lines[1]?.["requestId"]);
});
