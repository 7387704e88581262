/**
 * Run as a process of its own with `--expose-gc`: has readers of a live stream come, read, read nothing and go, and writes as JSON what is left of
 * them. Arguments: how many there are at once, for how many seconds, and the seed of what they do.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { liveStream } from "@aiwatch/core/live";
import { aiwatchNode } from "@aiwatch/core/node";
import { createTestAiwatch } from "@aiwatch/core/testing";
import { openStream } from "./event-stream.ts";

const [clients = 30, seconds = 5, seed = 1] = process.argv.slice(2).map(Number);
const { aiwatch, inferences, requests, diagnostics } = createTestAiwatch();
const live = liveStream({ maxClients: 10 * clients });
const listener = aiwatchNode((_req, res) => void res.end("app"), aiwatch, { live, public: true });
const server = createServer(listener).listen(0, "127.0.0.1");
const http2 = createHttp2Server(listener as never).listen(0, "127.0.0.1");
await Promise.all([once(server, "listening"), once(http2, "listening")]);
const portOf = (of: { address(): unknown }) => (of.address() as AddressInfo).port;
const url = `http://127.0.0.1:${portOf(server)}/metrics/live`;

let state = seed;
/** Below 1. */
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

let begun = 0;
let cut = 0;
const over = performance.now() + seconds * 1000;
const isOver = () => performance.now() >= over;

/** Stays for up to three seconds, and comes again. @throws where what it is told is no true whole */
async function comesAndGoes(): Promise<void> {
  while (!isOver()) {
    const stream = await openStream(url, {}, false);
    begun += 1;
    await stream.until(() => true);
    await sleep(random() * 3000);
    if (stream.reader.live?.summary.schema !== 2) throw new Error("what is shown is no summary");
    stream.close();
    await stream.over;
  }
}

/** Reads all of it until the end, and shows what the app says. */
async function reads(): Promise<void> {
  const stream = await openStream(url, {}, false);
  begun += 1;
  await stream.until(() => isOver());
  stream.close();
}

/** Takes nothing: a window of one byte stands for a network that is full. */
async function readsNothing(): Promise<void> {
  const session = connectHttp2(`http://127.0.0.1:${portOf(http2)}`, { settings: { initialWindowSize: 1 } });
  const stream = session.request({ ":path": "/metrics/live" }).pause();
  stream.on("error", () => {});
  session.on("error", () => {});
  await once(stream, "response");
  begun += 1;
  // of one that takes nothing there is no event that says it
  while (!isOver() && !stream.closed) await sleep(100);
  if (stream.closed) cut += 1;
  session.destroy();
}

/** Many chats at once, whose entries are some 60 kB. */
async function chats(): Promise<void> {
  while (!isOver()) {
    const underWay = Array.from({ length: 150 }, () => aiwatch.startInference({ model: "a model of a long name" }));
    for (let tokens = 0; tokens < 20 && !isOver(); tokens += 1) {
      for (const inference of underWay) inference.token();
      await sleep(50);
    }
    for (const inference of underWay) inference.end({ unified: "stop" });
  }
}

function held(): number {
  for (let n = 0; n < 3; n += 1) (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const timers = () => process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)).length;

const warm = await openStream(url);
await warm.until(() => true);
warm.close();
await warm.over;
await sleep(100);
const before = { bytes: held(), timers: timers() };
let mostBytes = 0;
const measured = (async () => {
  while (!isOver()) {
    await sleep(1000);
    mostBytes = Math.max(mostBytes, held() - before.bytes);
  }
})();
const readers = Array.from({ length: clients }, (_, nth) => [comesAndGoes, reads, readsNothing][nth % 3]?.());
await Promise.all([chats(), measured, ...readers]);
// a socket that closes is heard of a turn later
while (requests.length < begun + 1) await sleep(10);
await sleep(1200);
const connections = await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
const left = { connections, timers: timers() - before.timers };
const result = { begun: begun + 1, ended: requests.length, cut, mostBytes, left, faults: diagnostics.length };
// the test's own records are no part of what is left
(inferences as unknown[]).length = 0;
process.stdout.write(JSON.stringify({ ...result, grownBytes: held() - before.bytes }));
process.exit(0);
