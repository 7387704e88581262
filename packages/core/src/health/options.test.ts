import { afterEach, describe, expect, it, vi } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";

afterEach(() => void vi.unstubAllEnvs());

async function checksOf(health?: object): Promise<string[]> {
  const { aiwatch } = createTestAiwatch(health === undefined ? {} : { health });
  const { checks } = await aiwatch.health.readiness();
  await aiwatch.close();
  return Object.keys(checks);
}

describe("the built-in checks", () => {
  it("are off, and on by option or by the variable; the option beats it", async () => {
    expect(await checksOf()).toEqual([]);
    expect(await checksOf({ memory: true, disk: { minFreeBytes: 1 } })).toEqual(["memory", "disk"]);
    vi.stubEnv("AIWATCH_HEALTH_CHECKS", "model, MEMORY,eventloop");
    expect(await checksOf()).toEqual(["model", "memory", "eventLoop"]);
    expect(await checksOf({ memory: false, model: false, disk: true })).toEqual(["eventLoop", "disk"]);
  });

  it("are not run by a disabled instance", async () => {
    const { aiwatch } = createTestAiwatch({ disabled: true, health: { model: true, eventLoop: true } });
    expect(await aiwatch.health.readiness()).toEqual({ ready: true, state: "ready", checks: {} });
  });

  it("take readiness with them only where they are critical: the model, and what is told to be", async () => {
    const short = { maxRssBytes: 1 };
    const of = async (health: object) => (await createTestAiwatch({ health }).aiwatch.health.readiness()).state;
    expect(await of({ memory: short })).toBe("degraded");
    expect(await of({ memory: { ...short, critical: undefined } })).toBe("degraded");
    expect(await of({ memory: { ...short, critical: true } })).toBe("starting");
    expect(await of({ model: true })).toBe("starting");
    expect(await of({ model: { critical: false } })).toBe("degraded");
  });
});

describe("a setting of health that cannot be used", () => {
  it.each([
    [{ timeoutMs: 0 }, "the option health.timeoutMs is 0, expected milliseconds, at least 1"],
    [{ cacheMs: -5 }, "the option health.cacheMs is -5, expected milliseconds, 0 or more"],
    [{ memory: "yes" }, 'the option health.memory is "yes", expected true, false or options'],
    [{ memory: { maxRssBytes: "2GB" } }, 'the option health.memory.maxRssBytes is "2GB", expected bytes, at least 1'],
    [{ memory: { maxHeapBytes: 0 } }, "the option health.memory.maxHeapBytes is 0, expected bytes, at least 1"],
    [{ disk: { minFreeBytes: -1 } }, "the option health.disk.minFreeBytes is -1, expected bytes, at least 1"],
    [
      { eventLoop: { maxDelayMs: 0 } },
      "the option health.eventLoop.maxDelayMs is 0, expected milliseconds, at least 1",
    ],
  ])("is an error where the instance is made: %j", (health, message) => {
    const make = () => createTestAiwatch({ health: health as never });
    expect(make).toThrowError(expect.objectContaining({ code: "AIWATCH_INVALID_SETTING" }));
    expect(make).toThrowError(message);
  });

  it.each([
    ["AIWATCH_HEALTH_CHECKS", "model,gpu", "a list of model, memory, eventLoop, disk, with commas"],
    ["AIWATCH_HEALTH_TIMEOUT_MS", "2s", "milliseconds, at least 1"],
    ["AIWATCH_HEALTH_CACHE_MS", "-1", "milliseconds, 0 or more"],
    ["AIWATCH_HEALTH_MAX_RSS_BYTES", "2G", "bytes, at least 1"],
    ["AIWATCH_HEALTH_MAX_HEAP_BYTES", "0", "bytes, at least 1"],
    ["AIWATCH_HEALTH_MIN_FREE_BYTES", "lots", "bytes, at least 1"],
    ["AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS", "0", "milliseconds, at least 1"],
  ])("is named with its value and the remedy: %s=%s", (variable, value, expected) => {
    vi.stubEnv(variable, value);
    const make = () => createTestAiwatch({ health: { memory: true, disk: true, eventLoop: true } });
    expect(make).toThrowError(`${variable} is "${value}", expected ${expected}`);
  });
});
