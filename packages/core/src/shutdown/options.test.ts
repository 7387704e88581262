import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { handleSignals } from "./handle-signals.ts";
import { readSignalSettings } from "./options.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("the options of handleSignals", () => {
  it("are the option, then the variable, then the default", () => {
    expect(readSignalSettings({})).toMatchObject({ signals: ["SIGTERM", "SIGINT"], drainMs: 0, timeoutMs: 10_000 });
    vi.stubEnv("AIWATCH_DRAIN_MS", "5000");
    vi.stubEnv("AIWATCH_SHUTDOWN_TIMEOUT_MS", "20000");
    expect(readSignalSettings({ drainMs: 0 })).toMatchObject({ drainMs: 0, timeoutMs: 20_000 });
    const server = createServer();
    expect(readSignalSettings({ server })).toMatchObject({ servers: [server], drainMs: 5000 });
    expect(readSignalSettings({ server: [server, server] }).servers).toHaveLength(2);
  });

  it.each([
    [{ drainMs: -1 }, "the option drainMs is -1, expected milliseconds, 0 or more"],
    [{ timeoutMs: Number.NaN }, "the option timeoutMs is NaN, expected milliseconds, 0 or more"],
    [{ timeoutMs: 2 ** 31 }, /^the option timeoutMs is 2147483648/],
    [{ signals: [] }, 'the option signals is [], expected a list of signals that can be handled, such as ["SIGTERM"]'],
    [{ signals: ["SIGKILL"] }, /^the option signals is "SIGKILL"/],
    [{ signals: ["toString"] }, /^the option signals is "toString"/],
    [
      { server: () => {} },
      "the option server is the function server, expected what listen() returned, or a list of such servers",
    ],
    [{ server: [{}] }, /^the option server is an object/],
    [{ server: null }, /^the option server is null/],
    [{ server: 8080 }, /^the option server is 8080/],
    [{ exit: 1 }, "the option exit is 1, expected a function"],
  ])("that cannot be used are a clear error: %o", (options, message) => {
    expect(() => handleSignals(createTestAiwatch().aiwatch, options as never)).toThrowError(
      expect.objectContaining({
        code: "AIWATCH_INVALID_SETTING",
        message: typeof message === "string" ? message : expect.stringMatching(message),
      }),
    );
  });

  it("name the variable that cannot be used", () => {
    vi.stubEnv("AIWATCH_DRAIN_MS", "5s");
    expect(() => readSignalSettings({})).toThrowError('AIWATCH_DRAIN_MS is "5s", expected milliseconds, 0 or more');
  });
});
