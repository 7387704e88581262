/**
 * Run as a process of its own with `--expose-gc`: has readers of a live stream come, read, read slowly or nothing, and go; then has as many come again
 * and the app stop under them. Writes as JSON what is left of them. Arguments: how many there are at once, for how many seconds, and the seed of what
 * they do.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { handleSignals } from "@aiwatch/core/shutdown";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { openStream } from "./event-stream.ts";
import { readers, type Storm, type Tally } from "./storm-readers.ts";

const [clients = 30, seconds = 5, seed = 1] = process.argv.slice(2).map(Number);
const { aiwatch, inferences, requests, diagnostics } = createTestAiwatch();
const live = liveStream({ maxClients: 10 * clients });
const listener = aiwatchNode((_req, res) => void res.end("app"), aiwatch, { live, public: true });
const server = createServer(listener).listen(0, "127.0.0.1");
const http2 = createHttp2Server(listener as never).listen(0, "127.0.0.1");
await Promise.all([once(server, "listening"), once(http2, "listening")]);
const originOf = (of: Server) => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
const url = `${originOf(server)}/metrics/live`;

let state = seed;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function held(): number {
  for (let n = 0; n < 3; n += 1) (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is open, runs or listens, by its name. */
function openNow(): Record<string, number> {
  const open: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) open[name] = (open[name] ?? 0) + 1;
  for (const emitter of [process, server, http2])
    for (const event of emitter.eventNames()) {
      const name = `listeners of ${String(event)}`;
      open[name] = (open[name] ?? 0) + (emitter as NodeJS.EventEmitter).listenerCount(event);
    }
  return open;
}

/** What is more than it was; empty as soon as nothing is, at the latest after some seconds. */
async function moreThan(before: Readonly<Record<string, number>>): Promise<string[]> {
  for (let looks = 1; ; looks += 1) {
    const more = Object.entries(openNow()).filter(([name, count]) => count > (before[name] ?? 0));
    if (more.length === 0 || looks === 100) return more.map(([name, count]) => `${count} ${name}`);
    await sleep(50);
  }
}

/** Many chats at once, whose entries are some 60 kB. */
async function chats(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const underWay = Array.from({ length: 150 }, () => aiwatch.startInference({ model: "a model of a long name" }));
    for (let tokens = 0; tokens < 20 && !isOver(); tokens += 1) {
      for (const inference of underWay) inference.token();
      await sleep(50);
    }
    for (const inference of underWay) inference.end({ unified: "stop" });
  }
}

const tally: Tally = { begun: 1, cut: 0, told: 0 };
function come(isOver: () => boolean, stops = () => false): Promise<unknown> {
  const storm: Storm = { url, http2: originOf(http2), isOver, stops, random };
  return Promise.all(Array.from({ length: clients }, (_, nth) => readers[nth % readers.length]?.(storm, tally)));
}

/** @returns the most bytes that were held meanwhile, beyond those before */
async function storm(before: number): Promise<number> {
  const over = performance.now() + seconds * 1000;
  const isOver = () => performance.now() >= over;
  let mostBytes = 0;
  const measured = (async () => {
    while (!isOver()) {
      await sleep(1000);
      mostBytes = Math.max(mostBytes, held() - before);
    }
  })();
  await Promise.all([chats(isOver), measured, come(isOver)]);
  return mostBytes;
}

/** As many come again, and the app is told to stop. @returns how it exits, after how many milliseconds, and what is left then */
async function drain(): Promise<{ code: number; ms: number; left: string[] }> {
  const signal = "SIGUSR2";
  const exited = new Promise<number>((exit) => {
    handleSignals(aiwatch, { server: [server, http2 as never], signals: [signal], timeoutMs: 20_000, exit });
  });
  const open = openNow();
  const begun = tally.begun + clients;
  let is: "open" | "stopping" | "over" = "open";
  const reading = come(
    () => is === "over",
    () => is !== "open",
  );
  const playing = chats(() => tally.begun >= begun);
  await playing;
  is = "stopping";
  const began = performance.now();
  process.emit(signal, signal);
  const code = await exited;
  const ms = performance.now() - began;
  is = "over";
  await reading;
  return { code, ms, left: await moreThan(open) };
}

const warm = await openStream(url);
await warm.until(() => true);
warm.close();
await warm.over;
await sleep(100);
const before = { bytes: held(), open: openNow() };
const mostBytes = await storm(before.bytes);
const left = await moreThan(before.open);
const { begun, cut } = tally;
const result = { begun, cut, ended: requests.length, mostBytes, left };
// the test's own records are no part of what is left
(inferences as unknown[]).length = 0;
const grownBytes = held() - before.bytes;
const drained = { ...(await drain()), told: tally.told };
process.stdout.write(JSON.stringify({ ...result, grownBytes, drained, faults: diagnostics.length }));
process.exit(0);
