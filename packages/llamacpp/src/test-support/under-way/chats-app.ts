/**
 * Run as a process of its own: plays chats that are broken off, reads `/metrics` ten times a second meanwhile, and writes what was read, and what
 * the records say, as JSON. Its arguments are the seed, the number of chats, and the number of worker processes that they are spread over; 0 plays
 * them here.
 */
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAiwatch, type InferenceRecord, metricsHandler } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";
import { Registry } from "prom-client";
import { breakOffChats } from "./break-off-chats.ts";

const [seed = 0, count = 1, workers = 0] = process.argv.slice(2).map(Number);
const counted = [
  "promptTokens",
  "outputTokens",
  "cachedPromptTokens",
  "reasoningTokens",
  "promptEvalTokens",
  "contextShifts",
] as const;

/** What the ended inferences recorded, together. */
export type Ledger = Record<(typeof counted)[number] | "ended" | "firstTokens" | "gaps" | "aborted", number>;

/** One reading of `/metrics`, by name and labels, and what had been delivered by then. */
export interface Reading {
  readonly delivered: number;
  readonly samples: Readonly<Record<string, number>>;
}

export interface Played {
  readonly readings: readonly Reading[];
  readonly ledger: Ledger;
}

const emptyLedger = (): Ledger => ({
  promptTokens: 0,
  outputTokens: 0,
  cachedPromptTokens: 0,
  reasoningTokens: 0,
  promptEvalTokens: 0,
  contextShifts: 0,
  ended: 0,
  firstTokens: 0,
  gaps: 0,
  aborted: 0,
});

function record(ledger: Ledger, ended: InferenceRecord): void {
  for (const name of counted) ledger[name] += ended[name] ?? 0;
  ledger.ended += 1;
  ledger.gaps += ended.tokenGaps?.count ?? 0;
  if (ended.firstTokenMs !== undefined) ledger.firstTokens += 1;
  if (ended.finishReason.unified === "aborted") ledger.aborted += 1;
}

const ledger = emptyLedger();
const aiwatch = createAiwatch({
  registry: new Registry(),
  observers: [{ name: "ledger", inferenceEnded: (ended) => record(ledger, ended) }],
});
if (workers > 0) joinCluster(aiwatch);

interface Share {
  readonly delivered: number;
  readonly ledger?: Ledger;
}

/** Resolves when all chats are over. @param heard what was delivered since */
async function playHere(heard: (share: Share) => void, chats: number, own: number): Promise<void> {
  await breakOffChats(aiwatch, { seed: own, count: chats }, (delivered) => heard({ delivered }));
  heard({ delivered: 0, ledger });
}

function playInWorkers(heard: (share: Share) => void): Promise<unknown> {
  const playing = Array.from({ length: workers }, () => {
    const worker = cluster.fork();
    return new Promise<void>((resolve, reject) => {
      worker.on("exit", (code) => reject(new Error(`a worker exited with ${code}`)));
      worker.on("message", (message: Share | object) => {
        if (!("delivered" in message)) return;
        heard(message);
        if (message.ledger !== undefined) resolve();
      });
    });
  });
  return Promise.all(playing);
}

async function readWhile(playing: Promise<unknown>, total: { delivered: number }): Promise<Reading[]> {
  const metrics = metricsHandler(aiwatch);
  const server = createServer((req, res) => void metrics(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const readings: Reading[] = [];
  const read = async () => {
    const { delivered } = total;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    readings.push({ delivered, samples: samplesOf(await response.text()) });
  };
  let isOver = false;
  const over = playing.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await read();
    await Promise.race([sleep(100), over]);
  }
  await over;
  await read();
  return readings;
}

function samplesOf(text: string): Record<string, number> {
  const lines = text.split("\n").filter((line) => line.startsWith("genai_app_"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

if (cluster.isWorker) {
  const share = Math.ceil(count / workers);
  // the app's own messages, on the channel that AIWatch's are on
  await playHere((message) => process.send?.(message), share, seed + (cluster.worker?.id ?? 0));
} else {
  const total = { delivered: 0 };
  const sum = emptyLedger();
  const heard = ({ delivered, ledger: told }: Share) => {
    total.delivered += delivered;
    if (told !== undefined) for (const name of Object.keys(sum) as (keyof Ledger)[]) sum[name] += told[name];
  };
  const playing = workers > 0 ? playInWorkers(heard) : playHere(heard, count, seed);
  const readings = await readWhile(playing, total);
  const played: Played = { readings, ledger: sum };
  process.stdout.write(JSON.stringify(played), () => process.exit());
}
