import { catalogue as c } from "@aiwatch/core";
import { type FleetPlan, type FleetProcess, loadAt, noise } from "./fleet.ts";
import { SeriesSet } from "./series-set.ts";

const sequences = 4;
const mostWaiting = 8;
const promptTokens = { median: 320, sigma: 0.9 };
const outputTokens = { median: 170, sigma: 0.7 };
const meanOutput = 217;
const contextSize = 8192;
const objectives = { request_first_token: 2, tpot: 0.1 } as const;

/** How a process is at one moment. */
interface Moment {
  /** Requests a second that come. */
  readonly rate: number;
  /** How much of what it can do it is asked for: over 1 it is overloaded. */
  readonly utilization: number;
  /** Of an admitted request, in seconds. */
  readonly wait: number;
  readonly firstToken: number;
  readonly tokenGap: number;
  readonly answer: number;
}

/** One process, scrape after scrape: what its metrics would say. */
export class ProcessHistory {
  readonly #plan: FleetPlan;
  readonly #process: FleetProcess;
  readonly #seed: number;
  readonly #series: SeriesSet;
  readonly #ids;
  #startedAt: number;
  #last: number;

  constructor(process: FleetProcess, plan: FleetPlan, seed: number) {
    this.#plan = plan;
    this.#process = process;
    this.#seed = seed;
    this.#series = new SeriesSet({ job: "genai-app", instance: process.instance });
    this.#ids = declared(this.#series, process);
    this.#startedAt = plan.from - 86_400;
    this.#last = plan.from;
  }

  get series(): number {
    return this.#series.size;
  }

  /** What a scrape at this moment gives. A process that begins anew misses one. */
  scrapeAt(time: number): string {
    const began = [this.#process.deployedAt, ...this.#process.crashes].find((at) => at > this.#last && at <= time);
    const seconds = time - this.#last;
    this.#last = time;
    const { up } = this.#ids;
    if (began !== undefined) {
      this.#series.reset();
      this.#startedAt = began;
      this.#series.set(up, 0);
      return this.#series.linesAt(time).match(/^up\{.*\n/m)?.[0] ?? "";
    }
    const moment = this.#momentAt(time);
    this.#count(moment, seconds);
    this.#measure(moment, time);
    return this.#series.linesAt(time);
  }

  #momentAt(time: number): Moment {
    const { model, slowness } = this.#process;
    const usualAnswer = 0.25 + meanOutput * model.tokenGap;
    const rate = ((0.42 * sequences) / usualAnswer) * loadAt(time, this.#plan) * (1 + 0.12 * noise(this.#seed, time));
    const busy = (rate * usualAnswer * slowness) / sequences;
    const tokenGap = model.tokenGap * slowness * (1 + 0.35 * Math.min(busy, 1));
    const answer = 0.25 + meanOutput * tokenGap;
    const utilization = (rate * answer) / sequences;
    const wait = utilization < 1 ? 0.004 + answer * 0.5 * utilization ** 8 : (mostWaiting / sequences) * answer;
    return { rate, utilization, wait, tokenGap, answer, firstToken: 0.12 * slowness * (1 + Math.min(utilization, 1)) };
  }

  #count(moment: Moment, seconds: number): void {
    const { rate, utilization } = moment;
    const came = rate * seconds;
    const refused = came * Math.max(1 - 1 / utilization, 0);
    const left = came * (utilization > 1 ? 0.06 : 0.002);
    const admitted = came - refused - left;
    this.#countEnds(admitted, refused, left);
    this.#countTokens(admitted, moment);
    this.#countTimes(admitted, moment, seconds);
    this.#countPhases(admitted, moment);
  }

  #countEnds(admitted: number, refused: number, left: number): void {
    const { finish, admissions, http, became, waits, errors } = this.#ids;
    const failed = admitted * (this.#process.slowness > 1 ? 0.02 : 0.002);
    const [aborted, length] = [admitted * 0.05, admitted * 0.03];
    const set = this.#series;
    set.add(finish.aborted, aborted);
    set.add(finish.error, failed);
    set.add(finish.length, length);
    set.add(finish.stop, admitted - aborted - failed - length);
    set.add(admissions.admitted, admitted);
    set.add(admissions.refused, refused);
    set.add(admissions.left, left);
    set.add(http.ok, admitted - aborted - failed);
    set.add(http.gone, aborted + left);
    set.add(http.refused, refused);
    set.add(http.failed, failed);
    set.add(http.wrong, admitted * 0.01);
    set.add(became.ok, admitted - aborted - failed);
    set.add(became.client_error, admitted * 0.01);
    set.add(became.left, aborted + left);
    set.add(became.failed, failed + refused);
    set.add(waits.got, admitted * 0.985 - failed);
    set.add(waits.aborted, admitted * 0.015);
    set.add(waits.failed, failed);
    set.add(errors, failed + refused);
  }

  #countTokens(admitted: number, { answer, wait }: Moment): void {
    const { tokens, sizes, slo } = this.#ids;
    const set = this.#series;
    const prompt = promptTokens.median * Math.exp(promptTokens.sigma ** 2 / 2);
    set.add(tokens.input, admitted * prompt);
    set.add(tokens.output, admitted * meanOutput);
    set.add(tokens.cached, admitted * prompt * 0.4);
    set.add(tokens.evaluated, admitted * prompt * 0.6);
    set.add(tokens.shifts, admitted * 0.004);
    set.observe(sizes.prompt, admitted, promptTokens);
    set.observe(sizes.output, admitted, outputTokens);
    set.observe(sizes.batch, admitted * meanOutput * 0.6, { median: 1.6, sigma: 0.5 });
    const held = 1 / (1 + (wait / objectives.request_first_token) ** 3);
    const paced = answer / meanOutput < objectives.tpot ? 0.995 : 0.3;
    set.add(slo.good, admitted * held * paced);
    set.add(slo.bad, admitted * (1 - held * paced));
  }

  #countTimes(admitted: number, { wait, firstToken, tokenGap, answer, utilization }: Moment, seconds: number): void {
    const { times } = this.#ids;
    const see = (id: (typeof times)[keyof typeof times], count: number, median: number, sigma: number) =>
      this.#series.observe(id, count, { median, sigma });
    see(times.admission, admitted, wait, 0.9);
    see(times.request, admitted, wait + firstToken, 0.6);
    see(times.firstToken, admitted, firstToken, 0.5);
    see(times.queue, admitted, 0.006, 0.6);
    see(times.promptEval, admitted, firstToken * 0.9, 0.5);
    see(times.gap, admitted * meanOutput, tokenGap, 0.35);
    see(times.perToken, admitted, tokenGap, 0.25);
    see(times.answer, admitted, answer, 0.6);
    see(times.http, admitted, wait + answer, 0.6);
    see(times.clientFirst, admitted * 0.7, wait + firstToken + 0.04, 0.6);
    see(times.clientWhole, admitted * 0.7, wait + answer + 0.04, 0.6);
    see(times.vital, admitted * 0.1, 0.9, 0.5);
    see(times.loop, seconds * 20, 0.0015 * (1 + 2 * Math.min(utilization, 1.5)), 0.7);
    this.#series.add(this.#ids.host.cpu, seconds * (0.2 + 3 * Math.min(utilization, 1)));
  }

  #countPhases(admitted: number, { wait, firstToken, answer }: Moment): void {
    const { chats, phases } = this.#ids;
    const [before, queue, prompt] = [0.03, 0.006, firstToken * 0.9];
    const spent = { line: wait, before, queue, prompt, decode: answer - queue - prompt, tool: 0 };
    this.#series.add(chats, admitted);
    for (const phase of chatPhases) this.#series.add(phases[phase], admitted * spent[phase]);
  }

  #measure({ utilization, wait, tokenGap, answer }: Moment, time: number): void {
    const { now, info, host, up } = this.#ids;
    const { model, deployedAt } = this.#process;
    const set = this.#series;
    const active = Math.min(Math.round(utilization * sequences + 0.6 * noise(this.#seed + 1, time)), sequences);
    const waiting =
      utilization >= 1 ? mostWaiting - (Math.round(time / this.#plan.step) % 2) : Math.round(wait / answer);
    const at = Math.max(active, 0);
    set.set(up, 1);
    set.set(now.active, at);
    set.set(now.queued, 0);
    set.set(now.waiting, waiting);
    set.set(now.requests, at + waiting);
    set.set(now.busy, at);
    set.set(now.free, sequences - at);
    set.set(now.pace, at === 0 ? undefined : at / tokenGap);
    set.set(now.llamaPace, at === 0 ? undefined : at / tokenGap);
    set.set(now.oldest, at === 0 ? undefined : answer * (0.8 + 0.5 * noise(this.#seed + 2, time)));
    set.set(now.age, at === 0 ? undefined : tokenGap * (1 + noise(this.#seed + 3, time)));
    set.set(now.cache, Math.min(0.25 + 0.6 * Math.min(utilization, 1) + 0.08 * noise(this.#seed + 4, time), 1));
    set.set(now.contextTokens, contextSize * at * 0.4);
    for (const [id, value] of this.#ids.settings) set.set(id, value);
    set.set(info.old, time < deployedAt ? 1 : undefined);
    set.set(info.new, time < deployedAt ? undefined : 1);
    set.set(host.started, this.#startedAt);
    set.set(host.memory, 2e8 + model.bytes * 1.1 + 60 * (time - this.#startedAt));
  }
}

const chatPhases = c.chatPhases.labels.phase.values;

/** All its series, and what is the same at every moment. */
function declared(set: SeriesSet, { model: { name: model, parameters, bytes } }: FleetProcess) {
  const queue = "sequences";
  const chat = (finish_reason: "stop" | "length" | "aborted" | "error") =>
    set.counter(c.inferences, { model, operation: "chat", finish_reason });
  const admission = (outcome: "admitted" | "refused" | "left") => set.counter(c.admissions, { queue, outcome });
  const answered = (status: string) => set.counter(c.httpRequests, { method: "POST", endpoint: "/chat", status });
  const ended = (outcome: "ok" | "client_error" | "left" | "failed") => set.counter(c.requestOutcomes, { outcome });
  const waited = (outcome: "got" | "aborted" | "failed") => set.counter(c.firstTokenWaits, { model, outcome });
  return {
    up: set.plain("up", {}, false),
    finish: { stop: chat("stop"), length: chat("length"), aborted: chat("aborted"), error: chat("error") },
    admissions: { admitted: admission("admitted"), refused: admission("refused"), left: admission("left") },
    http: {
      ok: answered("200"),
      wrong: answered("400"),
      gone: answered("499"),
      failed: answered("500"),
      refused: answered("503"),
    },
    became: { ok: ended("ok"), client_error: ended("client_error"), left: ended("left"), failed: ended("failed") },
    waits: { got: waited("got"), aborted: waited("aborted"), failed: waited("failed") },
    chats: set.counter(c.chats, { model }),
    phases: declaredPhases(set, model),
    errors: set.counter(c.errors, { type: "Error", operation: "http" }),
    tokens: {
      input: set.counter(c.chatTokens, { direction: "input", model }),
      output: set.counter(c.chatTokens, { direction: "output", model }),
      cached: set.counter(c.cachedPromptTokens, { model }),
      evaluated: set.counter(c.promptEvalTokens, { model }),
      shifts: set.counter(c.contextShifts, { model }),
    },
    slo: {
      good: set.counter(c.sloInferences, { model, outcome: "good" }),
      bad: set.counter(c.sloInferences, { model, outcome: "bad" }),
    },
    sizes: {
      prompt: set.histogram(c.promptTokens, { model }),
      output: set.histogram(c.outputTokens, { model }),
      batch: set.histogram(c.decodeBatchTokens, { model }),
    },
    times: declaredTimes(set, model, queue),
    now: declaredNow(set, model, queue),
    info: {
      old: set.gauge(c.buildInfo, { version: "1.4.2", node: "24.21.0", engine: "node-llama-cpp 3.21.1" }),
      new: set.gauge(c.buildInfo, { version: "1.5.0", node: "24.21.0", engine: "node-llama-cpp 3.21.1" }),
    },
    host: {
      memory: set.plain("process_resident_memory_bytes", {}, false),
      started: set.plain("process_start_time_seconds", {}, false),
      cpu: set.plain("process_cpu_seconds_total", {}, true),
    },
    settings: declaredSettings(set, model, { parameters, bytes }),
  };
}

function declaredPhases(set: SeriesSet, model: string) {
  const spent = (phase: (typeof chatPhases)[number]) => set.counter(c.chatPhases, { model, phase });
  const [line, before, queue] = [spent("line"), spent("before"), spent("queue")];
  return { line, before, queue, prompt: spent("prompt"), decode: spent("decode"), tool: spent("tool") };
}

function declaredTimes(set: SeriesSet, model: string, queue: string) {
  return {
    admission: set.histogram(c.admissionWait, { queue }),
    request: set.histogram(c.requestFirstToken, { model }),
    firstToken: set.histogram(c.firstTokenLatency, { model }),
    queue: set.histogram(c.queueTime, { model }),
    promptEval: set.histogram(c.promptEval, { model }),
    gap: set.histogram(c.interTokenLatency, { model }),
    perToken: set.histogram(c.timePerOutputToken, { model }),
    answer: set.histogram(c.modelLatency, { model, operation: "inference" }),
    http: set.histogram(c.httpRequestDuration, { method: "POST", endpoint: "/chat" }),
    clientFirst: set.histogram(c.clientFirstToken, {}),
    clientWhole: set.histogram(c.clientResponse, {}),
    vital: set.histogram(c.clientWebVital, { name: "LCP" }),
    loop: set.histogram(c.eventLoopDelay, {}),
  };
}

function declaredNow(set: SeriesSet, model: string, queue: string) {
  return {
    active: set.gauge(c.activeInferences, { model }),
    queued: set.gauge(c.queuedInferences, { model }),
    waiting: set.gauge(c.admissionWaiting, { queue }),
    requests: set.gauge(c.activeRequests, {}),
    busy: set.gauge(c.sequences, { model, state: "active" }),
    free: set.gauge(c.sequences, { model, state: "free" }),
    pace: set.gauge(c.tokensPerSecond, { model }),
    llamaPace: set.gauge(c.llamaCppTokensPerSecond, { model }),
    oldest: set.gauge(c.oldestInference, { model }),
    age: set.gauge(c.lastTokenAge, { model }),
    cache: set.gauge(c.kvCacheUsage, { model }),
    contextTokens: set.gauge(c.contextTokens, { model }),
  };
}

function declaredSettings(set: SeriesSet, model: string, { parameters, bytes }: { parameters: string; bytes: number }) {
  const about = { architecture: "llama", quantization: "Q4_K_M", parameters, gpu: "cuda", context_train: "131072" };
  return [
    [set.gauge(c.modelInfo, { model, ...about }), 1],
    [set.gauge(c.modelMemory, { model }), bytes],
    [set.gauge(c.contextMemory, { model }), bytes / 8],
    [set.gauge(c.vram, { state: "used" }), bytes * 1.15],
    [set.gauge(c.vram, { state: "total" }), 24e9],
    [set.gauge(c.modelLoad, { model }), bytes / 1.2e9],
    [set.gauge(c.contextSize, { model }), contextSize],
    [set.gauge(c.memoryPerToken, { model }), 131_072],
    [set.gauge(c.threadsUsed, { model }), 8],
    [set.gauge(c.batchSize, { model }), 512],
    [set.gauge(c.sloObjective, { objective: "request_first_token" }), objectives.request_first_token],
    [set.gauge(c.sloObjective, { objective: "tpot" }), objectives.tpot],
  ] as const;
}
