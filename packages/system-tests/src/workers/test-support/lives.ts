import { setTimeout as sleep } from "node:timers/promises";
import type { WorkerKind } from "./messages.ts";
import type { App, AppWorker } from "./start-app.ts";

/** One place for a worker, and what happens in it. */
export interface Place {
  readonly app: App;
  readonly kind: WorkerKind;
  readonly isOver: () => boolean;
  /** Below 1. */
  readonly random: () => number;
  /** How workers ended, and what else was done to them. */
  readonly done: string[];
}

/** A worker after the other, until it is over: each answers, is blocked, and ends in one way or another in the midst of it. */
export async function liveAndDie(place: Place): Promise<void> {
  const { app, kind, isOver } = place;
  while (!isOver()) {
    const worker = await app.start(kind);
    for (let turns = 1 + Math.floor(place.random() * 3); turns > 0 && !isOver(); turns -= 1) {
      await chat(place, worker);
      if (place.random() < 0.4) await (kind === "process" ? stopForAWhile(place, worker) : block(place, worker));
    }
    // the last ones stay
    if (isOver()) return;
    await (kind === "process" ? endProcess(place, worker) : endThread(place, worker));
    await worker.gone();
  }
}

/** Two at once, one of which may be left by its reader. */
async function chat({ random, done }: Place, worker: AppWorker): Promise<void> {
  const first = worker.chat(1 + Math.floor(random() * 60));
  if (random() < 0.5) {
    const { aborted } = (await worker.listed()).counts;
    const left = await worker.held(60, 1 + Math.floor(random() * 9));
    left.leave();
    while ((await worker.listed()).counts.aborted === aborted) await sleep(20);
    done.push("left");
  } else await worker.chat(1 + Math.floor(random() * 60)).over;
  await first.over;
}

async function stopForAWhile({ random, done }: Place, worker: AppWorker): Promise<void> {
  await worker.signal("SIGSTOP");
  await sleep(random() * 6000);
  await worker.signal("SIGCONT");
  done.push("stopped");
}

async function block({ done }: Place, worker: AppWorker): Promise<void> {
  await worker.ask({ kind: "block", ms: 5000 });
  await worker.chat(3).over;
  done.push("blocked");
}

/** All that it did is asked for, as a scrape and a panel do: what a worker does after that and hands over to nobody is lost. */
async function settled({ app }: Place): Promise<void> {
  await app.door.samples();
  // a summary is a second old at most
  for (let looks = 0; looks < 3; looks += 1) {
    await sleep(1100);
    await app.door.summary();
  }
}

async function endProcess(place: Place, worker: AppWorker): Promise<void> {
  if (place.random() < 0.3) {
    place.done.push("SIGTERM");
    return await worker.signal("SIGTERM");
  }
  const chat = await worker.held(60, 1 + Math.floor(place.random() * 20));
  await settled(place);
  await worker.signal("SIGKILL");
  await chat.over;
  place.done.push("SIGKILL");
}

async function endThread(place: Place, worker: AppWorker): Promise<void> {
  place.done.push("closed");
  await worker.ask({ kind: "close" });
}
