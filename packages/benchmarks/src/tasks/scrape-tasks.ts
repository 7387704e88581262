import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import { type Aiwatch, metricsHandler } from "@aiwatch/core";
import { type Took, timed } from "../measure/pairs.ts";
import { watch } from "../observing/conditions.ts";

/** One `GET /metrics` into a socket that goes nowhere. @returns the bytes of the answer */
export async function scrapeOnce(handle: ReturnType<typeof metricsHandler>, accept: string): Promise<number> {
  const request = new IncomingMessage(new Socket());
  request.headers = { accept };
  const response = new ServerResponse(request);
  let bytes = 0;
  const nowhere = new Duplex({
    // above a piece: nobody hears of a drain here
    writableHighWaterMark: 1 << 20,
    read() {},
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  response.assignSocket(nowhere as Socket);
  await handle(request, response);
  return bytes;
}

export interface ScrapeTook extends Took {
  /** Of one answer. */
  readonly bytes: number;
}

export interface ScrapeBlock {
  readonly scrapes: number;
  readonly accept: string;
}

export interface ScrapedApp {
  readonly models: number;
  /** Answers under way, of the first model. */
  readonly underWay: number;
}

/** `GET /metrics` of an instance that knows some models, answered into a socket that goes nowhere. */
export async function scrapeTask({ models, underWay }: ScrapedApp) {
  const watching = watch("metrics");
  if (watching === undefined) throw new Error("metrics are observed");
  for (let model = 0; model < models; model += 1) useModel(watching.aiwatch, `model-${model}`);
  await watching.check(models * 20);
  const answers = Array.from({ length: underWay }, () => beginAnswer(watching.aiwatch));
  const handle = metricsHandler(watching.aiwatch);
  return async ({ scrapes, accept }: ScrapeBlock): Promise<ScrapeTook> => {
    let bytes = 0;
    const took = await timed(async () => {
      for (let scrape = 0; scrape < scrapes; scrape += 1) bytes = await scrapeOnce(handle, accept);
    });
    // one that nobody holds ends by itself
    if (answers.some(({ ended }) => ended)) throw new Error("an answer ended that was to be under way");
    return { ...took, bytes };
  };
}

/** An answer in its midst. */
function beginAnswer(aiwatch: Aiwatch): ReturnType<Aiwatch["startInference"]> {
  const handle = aiwatch.startInference({ model: "model-0" });
  handle.evaluationBegun();
  handle.promptTokens(40, 10);
  handle.prefilled(40);
  handle.reasoningTokens(5);
  for (let token = 0; token < 100; token += 1) handle.token();
  return handle;
}

/** Inferences with all that a local model's have, so that its histograms are there. */
function useModel(aiwatch: Aiwatch, model: string): void {
  for (let inference = 0; inference < 20; inference += 1) {
    const handle = aiwatch.startInference({ model });
    handle.evaluationBegun();
    handle.promptTokens(40, 10);
    for (let token = 0; token < 5; token += 1) handle.token();
    handle.end({ unified: "stop" });
  }
}

/**
 * Milliseconds of the event loop's longest turn while `work` runs: for so long nothing else is answered. Of each turn the lesser of wall time,
 * which other processes lengthen, and of the process's CPU time, in which the collector's own threads count: the thread itself took no more
 * than either. (Its own CPU time is counted in steps of up to 4 ms, too coarse for a turn.)
 */
export async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = now();
  let longest = 0;
  const note = () => {
    const { wall, cpu } = now();
    longest = Math.max(longest, Math.min(wall - last.wall, cpu - last.cpu));
    last = now();
  };
  let next = setImmediate(function turn() {
    note();
    next = setImmediate(turn);
  });
  try {
    await work();
    note();
  } finally {
    clearImmediate(next);
  }
  return longest;
}

function now(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

export interface BlockedBy {
  /** Of the event loop's longest turn. */
  readonly millis: number;
  readonly bytes: number;
}

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE"];

/** How long one scrape holds up the event loop, of an instance whose HTTP metrics have so many label sets, each with an exemplar. */
export async function scrapeBlocksTask(labelSets: number) {
  const watching = watch("metrics");
  if (watching === undefined) throw new Error("metrics are observed");
  await beginLabelSets(watching.aiwatch, labelSets);
  const handle = metricsHandler(watching.aiwatch);
  return async (accept: string): Promise<BlockedBy> => {
    let bytes = 0;
    const millis = await longestTurn(async () => {
      bytes = await scrapeOnce(handle, accept);
    });
    await watching.check(0);
    return { millis, bytes };
  };
}

/** Core's own instruments, which no app sees: to begin so many label sets by requests would take minutes. */
interface Instrumented {
  readonly instruments: {
    readonly httpRequests: { add(labels: object): void; get(): Promise<{ readonly values: readonly unknown[] }> };
    readonly httpRequestDuration: { observe(labels: object, seconds: number, exemplar: object): void };
  };
}

async function beginLabelSets(aiwatch: Aiwatch, count: number): Promise<void> {
  const { instruments } = aiwatch as unknown as Instrumented;
  const exemplar = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736", span_id: "00f067aa0ba902b7" };
  for (let set = 0; set < count; set += 1) {
    const method = methods[set % methods.length] ?? "GET";
    const endpoint = `/items/${Math.floor(set / methods.length)}/:id`;
    instruments.httpRequests.add({ method, endpoint, status: "200" });
    instruments.httpRequestDuration.observe({ method, endpoint }, (set % 40) / 20, exemplar);
  }
  const { values } = await instruments.httpRequests.get();
  if (values.length !== count) throw new Error(`${values.length} label sets began, not ${count}: a cap is in the way`);
}
