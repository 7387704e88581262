import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { CounterWatch, expectExact, workersThat } from "./test-support/expectations.ts";
import { liveAndDie, type Place } from "./test-support/lives.ts";
import { workerKinds } from "./test-support/messages.ts";
import { type App, type Door, doorAt, startApp } from "./test-support/start-app.ts";

const seconds = 90;

test.each([1, 2])(
  "a hundred readers and ten scrapers see what four workers did, while they are killed, blocked and replaced (seed %i)",
  { timeout: 300_000 },
  async (seed) => {
    const app = await startApp(2000);
    try {
      await storm(app, seed);
    } finally {
      await app.process.stop("SIGKILL");
    }
  },
);

async function storm(app: App, seed: number): Promise<void> {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const over = performance.now() + seconds * 1000;
  const isOver = () => performance.now() >= over;
  const done: string[] = [];
  const watch = new CounterWatch(app.door);
  const faithful = await Promise.all(Array.from({ length: 20 }, () => app.door.live()));
  const lives = [...workerKinds, ...workerKinds].map((kind) =>
    liveAndDie({ app, kind, isOver, random, done } satisfies Place),
  );
  const readers = Array.from({ length: 80 }, () => comeAndGo(app, isOver, random));
  const scrapers = Array.from({ length: 10 }, () => scrape(app, isOver, random));
  await Promise.all([...lives, ...readers, ...scrapers]);

  await expectExact(app, [app.door]);
  expect((await app.door.samples()).get(workersThat("silent"))).toBe(0);
  expect(await watch.stop()).toEqual([]);
  for (const { reader } of faithful) {
    expect(reader.events.length).toBeGreaterThan(seconds / 3);
    // only what a slow reader missed is made up for by a summary
    expect(reader.events[0]?.event).toBe("summary");
    expect(reader.live?.chats.underWay).toBe(0);
  }
  expect(new Set(done)).toEqual(new Set(["left", "stopped", "blocked", "SIGTERM", "SIGKILL", "closed"]));
  const faults = app.process.stdout.filter(
    (line) => line.startsWith("fault") && !/asking (a worker|the (main thread|primary))/.test(line),
  );
  expect([faults, app.process.stderr]).toEqual([[], []]);
}

/** The app's door, or that of a worker. */
async function anyDoor(app: App, random: () => number): Promise<Door> {
  const ports = (await app.workers()).filter(({ isGone, port }) => !isGone && port > 0).map(({ port }) => port);
  const port = ports[Math.floor(random() * (ports.length + 1))];
  return port === undefined ? app.door : doorAt(port);
}

/** A worker may be gone, or stopped, before it answers. */
async function comeAndGo(app: App, isOver: () => boolean, random: () => number): Promise<void> {
  while (!isOver()) {
    const stream = await (await anyDoor(app, random)).live().catch(() => undefined);
    await sleep(random() * 5000);
    stream?.close();
  }
}

async function scrape(app: App, isOver: () => boolean, random: () => number): Promise<void> {
  while (!isOver()) {
    const door = await anyDoor(app, random);
    const patience = sleep(10_000);
    await Promise.race([Promise.all([door.samples(), door.summary(), door.chats()]).catch(() => {}), patience]);
    await sleep(200);
  }
}
