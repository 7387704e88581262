import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { createTestAiwatch } from "../testing/index.ts";
import type { HealthOptions } from "./options.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Asks one instance's readiness. */
function asker(health: HealthOptions) {
  const { aiwatch } = createTestAiwatch({ health });
  return { aiwatch, ask: async () => (await aiwatch.health.readiness()).checks };
}

describe("the check on the model", () => {
  it("holds from the first model that is read until the last one is gone", async () => {
    const { aiwatch, ask } = asker({ model: true });
    const no = { model: { ok: false, critical: true, detail: "no model is loaded" } };
    expect(await ask()).toEqual(no);
    let alive = true;
    hostOf(aiwatch).models.watch("tiny", () => (alive ? { contextSize: 768 } : undefined));
    expect(await ask()).toEqual({ model: { ok: true, critical: true } });
    // what it ran leaves figures behind that must not be taken for the model
    const inference = aiwatch.startInference({ model: "tiny" });
    inference.token(3);
    inference.end({ unified: "stop" });
    alive = false;
    expect(await ask()).toEqual(no);
  });

  it("asks for one model where it is named, and takes one that cannot be read for none", async () => {
    vi.stubEnv("AIWATCH_HEALTH_MODEL_NAME", "big");
    const { aiwatch, ask } = asker({ model: true });
    hostOf(aiwatch).models.watch("tiny", () => ({ contextSize: 768 }));
    const unwatch = hostOf(aiwatch).models.watch("big", () => {
      throw new Error("secret");
    });
    expect(await ask()).toMatchObject({ model: { ok: false, detail: "the model big is not loaded" } });
    unwatch();
    aiwatch.reportModel("big", { contextSize: 4096 });
    expect(await ask()).toMatchObject({ model: { ok: true } });
  });

  it("believes a function of the app instead", async () => {
    let alive = true;
    const { ask } = asker({ model: { isAlive: () => alive } });
    expect(await ask()).toMatchObject({ model: { ok: true } });
    alive = false;
    expect(await ask()).toMatchObject({ model: { ok: false } });
  });

  it("refuses what is no function where the instance is made", () => {
    expect(() => asker({ model: { isAlive: true as never } })).toThrowError(
      /the option health.model.isAlive is true, expected a function/,
    );
  });
});

describe("the check on memory", () => {
  const usage = process.memoryUsage();
  const gib = 2 ** 30;

  function using(rss: number, heapUsed = 0): void {
    vi.spyOn(process, "memoryUsage").mockReturnValue({ ...usage, rss, heapUsed } as never);
  }

  it("holds in this process, and not over a limit that it is given", async () => {
    expect(await asker({ memory: true }).ask()).toEqual({ memory: { ok: true, critical: false } });
    using(3 * gib, 1.5 * gib);
    expect(await asker({ memory: { maxRssBytes: 2 * gib, maxHeapBytes: gib } }).ask()).toEqual({
      memory: {
        ok: false,
        critical: false,
        detail: "resident memory 3.00 GiB, over 2.00 GiB; heap 1.50 GiB, over 1.00 GiB",
      },
    });
  });

  it("knows the container's limit, and its change", async () => {
    const limit = vi.spyOn(process, "constrainedMemory").mockReturnValue(gib / 8);
    using(gib / 10);
    const { ask } = asker({ memory: { cacheMs: 0 } });
    expect(await ask()).toMatchObject({ memory: { ok: true } });
    using(gib / 8.5);
    expect(await ask()).toMatchObject({ memory: { ok: false } });
    limit.mockReturnValue(gib / 4);
    expect(await ask()).toMatchObject({ memory: { ok: true } });
  });

  it.each([0, 2 ** 64, undefined])(
    "takes a container's limit of %s for none: the machine's memory is the limit",
    async (none) => {
      vi.spyOn(process, "constrainedMemory").mockReturnValue(none as number);
      using(totalmem() * 0.85);
      const { ask } = asker({ memory: { cacheMs: 0 } });
      expect(await ask()).toMatchObject({ memory: { ok: true } });
      using(totalmem() * 0.95);
      expect(await ask()).toMatchObject({ memory: { ok: false } });
    },
  );

  it("measures once a second, however often it is asked", async () => {
    const { ask } = asker({ memory: true });
    const measured = vi.spyOn(process, "memoryUsage");
    for (let n = 0; n < 20; n += 1) await ask();
    expect(measured).toHaveBeenCalledTimes(1);
  });
});

describe("the check on the disk", () => {
  it("holds where there is room, and says how much there is where there is not", async () => {
    expect(await asker({ disk: { minFreeBytes: 1 } }).ask()).toEqual({ disk: { ok: true, critical: false } });
    expect(await asker({ disk: { path: tmpdir(), minFreeBytes: Number.MAX_SAFE_INTEGER } }).ask()).toMatchObject({
      disk: { ok: false, detail: expect.stringMatching(/^[\d.]+ GiB free, under 8388608\.00 GiB$/) },
    });
  });

  it("is a no where the path is gone, which is not shown", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aiwatch-disk-"));
    rmSync(folder, { recursive: true });
    vi.stubEnv("AIWATCH_HEALTH_DISK_PATH", folder);
    expect(await asker({ disk: true }).ask()).toEqual({
      disk: { ok: false, critical: false, detail: "the check failed with ENOENT" },
    });
  });
});
