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
const counted = ["promptTokens", "outputTokens", "cachedPromptTokens", "reasoningTokens", "promptEvalTokens"] as const;

/** What the ended inferences recorded, together. */
export type Ledger = Record<(typeof counted)[number] | "ended" | "firstTokens" | "gaps" | "aborted", number>;

/** What a reading of `/metrics` says of output tokens: what had been delivered before, what is shown, and what ended inferences recorded. */
export interface Reading {
  readonly delivered: number;
  readonly shown: number;
  readonly recorded: number;
}

export interface Played {
  readonly readings: readonly Reading[];
  /** What fell from one reading to the next. */
  readonly fell: readonly string[];
  /** The last reading, by name and labels. */
  readonly last: Samples;
  readonly ledger: Ledger;
}

type Samples = Readonly<Record<string, number>>;

const labels = 'model="tiny-thinking"';

const emptyLedger = (): Ledger => ({
  promptTokens: 0,
  outputTokens: 0,
  cachedPromptTokens: 0,
  reasoningTokens: 0,
  promptEvalTokens: 0,
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

class Readings {
  readonly all: Reading[] = [];
  readonly fell: string[] = [];
  last: Samples = {};

  add(delivered: number, samples: Samples): void {
    for (const [series, before] of Object.entries(this.last)) {
      const now = samples[series];
      if (isCount(series) && !(now !== undefined && now >= before))
        this.fell.push(`${series} from ${before} to ${now}`);
    }
    this.last = samples;
    this.all.push({
      delivered,
      shown: samples[`genai_app_chat_tokens_total{direction="output",${labels}}`] ?? 0,
      recorded: samples[`genai_app_output_tokens_sum{${labels}}`] ?? 0,
    });
  }
}

function isCount(series: string): boolean {
  return /_(total|bucket|sum|count)(\{|$)/.test(series);
}

async function readWhile(playing: Promise<unknown>, total: { delivered: number }): Promise<Readings> {
  const metrics = metricsHandler(aiwatch);
  const server = createServer((req, res) => void metrics(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const readings = new Readings();
  const read = async () => {
    const { delivered } = total;
    const response = await fetch(`http://127.0.0.1:${port}/metrics`);
    readings.add(delivered, samplesOf(await response.text()));
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

function samplesOf(text: string): Samples {
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
  const { all, fell, last } = await readWhile(playing, total);
  const played: Played = { readings: all, fell, last, ledger: sum };
  process.stdout.write(JSON.stringify(played), () => process.exit());
}
