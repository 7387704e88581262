import { describe, expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFatal } from "./log-fatal.ts";
import { capturedLines } from "./test-support/captured-lines.ts";
import { runDyingApp } from "./test-support/run-dying-app.ts";

describe("a process that dies", () => {
  it.each([
    ["an exception", "TypeError", "uncaughtException", "uncaught exception"],
    ["a rejection", "RangeError", "unhandledRejection", "unhandled rejection"],
  ])(
    "by %s: its last line and all before are written, and it dies as it would have",
    async (how, errorType, origin, msg) => {
      const { died, lines, text } = await runDyingApp(how);
      expect(died).toMatchObject({ code: 1, stderr: expect.stringContaining("the prompt was: secret") });
      expect(lines).toMatchObject([
        { level: "info", msg: "held back" },
        { level: "fatal", msg, errorType, origin },
      ]);
      expect(text).not.toContain("secret");
    },
  );

  it("tells the stack on wish", async () => {
    const { lines } = await runDyingApp("stack");
    expect(lines[1].err.stack).toContain("dying-app");
  });
});

it("calls an error that names itself by that name, whatever a minifier made of its class", () => {
  const told = (error: Error) => {
    const lines: string[] = [];
    const stop = logFatal(createLogger({ destination: { write: (line) => lines.push(line) } }));
    process.listeners("uncaughtExceptionMonitor").at(-1)?.(error, "uncaughtException");
    stop();
    return JSON.parse(lines.join("")).errorType;
  };
  class t extends Error {
    override name = "QuotaError";
  }
  class Plain extends Error {}
  class Wordy extends Error {
    override name = "no row for jane@example.org";
  }
  expect([new t(), new Plain(), new Wordy()].map(told)).toEqual(["QuotaError", "Plain", "Wordy"]);
});

it("stops listening", () => {
  const before = process.listenerCount("uncaughtExceptionMonitor");
  const stop = logFatal(createLogger({ destination: capturedLines() }));
  expect(process.listenerCount("uncaughtExceptionMonitor")).toBe(before + 1);
  stop();
  expect(process.listenerCount("uncaughtExceptionMonitor")).toBe(before);
});
