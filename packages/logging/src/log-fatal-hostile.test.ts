import { afterEach, expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFatal } from "./log-fatal.ts";
import { capturedLines } from "./test-support/captured-lines.ts";

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const unreadable = new Proxy(new Error("x"), {
  get: () => {
    throw new Error("looked at");
  },
});

it.each([
  ["no class", Object.assign(new Error("x"), { constructor: undefined })],
  ["a class without a name", Object.assign(new Error("x"), { constructor: { name: 7 } })],
  ["nothing that can be read", unreadable],
  ["a code that forges a line", Object.assign(new Error("x"), { code: '\n{"level":"info","msg":"forged"}\u009b2J' })],
  ["a code of 15 kB", Object.assign(new Error("x"), { code: "x".repeat(15_000) })],
])("an error with %s is one line, and nothing else that the process would die of", (_, error) => {
  for (const [pretty, stack] of [
    [false, false],
    [true, false],
    [false, true],
  ]) {
    const captured = capturedLines();
    stops.push(logFatal(createLogger({ destination: captured, pretty: pretty === true }), { stack: stack === true }));
    (process as NodeJS.EventEmitter).emit("uncaughtExceptionMonitor", error, "uncaughtException");
    for (const stop of stops.splice(0)) stop();
    if (stack) continue;
    expect(captured.raw).toHaveLength(1);
    const [line = ""] = captured.raw;
    expect([line.indexOf("\n"), line.includes("\u009b"), line.length < 600]).toEqual([line.length - 1, false, true]);
  }
});
