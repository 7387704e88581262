import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { createLogger } from "./create-logger.ts";
import { logFatal } from "./log-fatal.ts";
import { capturedLines } from "./test-support/captured-lines.ts";

const app = fileURLToPath(new URL("./test-support/dying-app.ts", import.meta.url));

async function die(how: string) {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-fatal-"));
  const file = join(folder, "app.log");
  const flags = ["--conditions=@aiwatch/source", "--no-warnings", app, file, how];
  const died = await promisify(execFile)(process.execPath, flags).catch(
    (error: { code: number; stderr: string }) => error,
  );
  const lines = (await readFile(file, "utf8")).trim().split("\n");
  await rm(folder, { recursive: true });
  return { died, lines: lines.map((line) => JSON.parse(line)), text: lines.join("\n") };
}

describe("a process that dies", () => {
  it.each([
    ["an exception", "TypeError", "uncaughtException"],
    ["a rejection", "RangeError", "unhandledRejection"],
  ])(
    "by %s: its last line and all before are written, and it dies as it would have",
    async (how, errorType, origin) => {
      const { died, lines, text } = await die(how);
      expect(died).toMatchObject({ code: 1, stderr: expect.stringContaining("the prompt was: secret") });
      expect(lines).toMatchObject([
        { level: "info", msg: "held back" },
        { level: "fatal", msg: "the process dies", errorType, origin },
      ]);
      expect(text).not.toContain("secret");
    },
  );

  it("tells the stack on wish", async () => {
    const { lines } = await die("stack");
    expect(lines[1].err.stack).toContain("dying-app");
  });
});

it("stops listening", () => {
  const before = process.listenerCount("uncaughtExceptionMonitor");
  const stop = logFatal(createLogger({ destination: capturedLines() }));
  expect(process.listenerCount("uncaughtExceptionMonitor")).toBe(before + 1);
  stop();
  expect(process.listenerCount("uncaughtExceptionMonitor")).toBe(before);
});
