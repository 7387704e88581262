import { expect, it } from "vitest";
import { GpuMemory } from "./gpu-memory.ts";

function setUp() {
  const failures: unknown[] = [];
  return { failures, gpus: new GpuMemory((error) => failures.push(error)) };
}

it("tells nothing where no engine has a GPU", async () => {
  const { gpus } = setUp();
  expect(await gpus.read()).toBe(undefined);
  gpus.watch(async () => undefined);
  expect(await gpus.read()).toBe(undefined);
});

it("takes the largest of each figure, of those whose watch goes on", async () => {
  const { gpus } = setUp();
  gpus.watch(async () => ({ totalBytes: 100, usedBytes: 10 }));
  const unwatch = gpus.watch(async () => ({ totalBytes: 80, usedBytes: 30 }));
  expect(await gpus.read()).toEqual({ totalBytes: 100, usedBytes: 30 });
  unwatch();
  expect(await gpus.read()).toEqual({ totalBytes: 100, usedBytes: 10 });
});

it("reports an engine that fails at once or later, asks it again, and leaves the others as they are", async () => {
  const { gpus, failures } = setUp();
  gpus.watch(async () => ({ totalBytes: 100, usedBytes: 10 }));
  gpus.watch(() => {
    throw new Error("at once");
  });
  gpus.watch(() => Promise.reject(new Error("later")));
  for (let scrape = 1; scrape <= 2; scrape += 1) {
    expect([await gpus.read(), failures.length]).toEqual([{ totalBytes: 100, usedBytes: 10 }, 2 * scrape]);
  }
});

it("reads an engine once for all who ask at the same time", async () => {
  const { gpus } = setUp();
  let asked = 0;
  gpus.watch(async () => {
    asked += 1;
    return { totalBytes: 100, usedBytes: asked };
  });
  expect(await Promise.all([gpus.read(), gpus.read()])).toEqual(Array(2).fill({ totalBytes: 100, usedBytes: 1 }));
  expect(await gpus.read()).toEqual({ totalBytes: 100, usedBytes: 2 });
});

it("shows what another board shows from the moment that it takes over, and the other way round", async () => {
  const [{ gpus: earlier }, { gpus: later }] = [setUp(), setUp()];
  earlier.watch(async () => ({ totalBytes: 100, usedBytes: 10 }));
  later.takeOver(earlier);
  expect(await later.read()).toEqual({ totalBytes: 100, usedBytes: 10 });
  const unwatch = later.watch(async () => ({ totalBytes: 200, usedBytes: 10 }));
  expect(await earlier.read()).toEqual({ totalBytes: 200, usedBytes: 10 });
  unwatch();
  expect(await later.read()).toEqual({ totalBytes: 100, usedBytes: 10 });
});
