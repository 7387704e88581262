import { beforeAll, describe, expect, it, vi } from "vitest";
import { runNode } from "../process/running-process.ts";
import { patience } from "./pending.ts";

describe("how long a wait takes by default", () => {
  let inHook = 0;
  beforeAll(() => {
    inHook = patience();
  });

  it("is what is left of its test, but for a moment", { timeout: 300_000 }, () => {
    expect(patience()).toBeGreaterThan(250_000);
    expect(patience()).toBeLessThan(300_000);
  });

  it("is never less than what a quiet machine needs", { timeout: 5_000 }, () => expect(patience()).toBe(10_000));

  it("is a hook's", () => expect(inHook).toBe(50_000));

  it("ends, where a line does not come, before the test does, and says so", { timeout: 60_000 }, async () => {
    const child = await runNode(["-e", "setInterval(() => {}, 1e6);"]);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const wait = child.waitForLine(/never/);
      vi.advanceTimersByTime(60_000);
      await expect(wait).rejects.toThrow(/^waited 5[5-8]\d{3} ms for a line like \/never\//);
    } finally {
      vi.useRealTimers();
      await child.stop("SIGKILL");
    }
  });
});
