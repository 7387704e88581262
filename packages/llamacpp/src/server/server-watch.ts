import timers from "node:timers";
import { AiwatchError } from "@aiwatch/core";
import { type AdapterHost, defined, modelNames, runUntraced, valueAt } from "@aiwatch/core/adapter";
import { ServerLives } from "./lives.ts";
import { hasLlamaCppMetrics, isLlamaServers, readLlamaServer } from "./llama-server.ts";
import { readModelRunner, readOllama } from "./other-servers.ts";
import { type Found, notReady, type ServerKind, type ServerReading } from "./server-reading.ts";
import { type Ask, askerOf, jsonOf } from "./server-requests.ts";
import type { CheckedOptions } from "./watch-options.ts";

// as they are at load: fake ones that a test installs later never fire
const { clearTimeout, setTimeout } = timers;

/** How long a reading holds, in milliseconds: a scrape asks for a dozen rows, and several scrapers may come at once. */
const freshMs = 250;

const readers: Readonly<Record<ServerKind, (ask: Ask) => Promise<Found | undefined>>> = {
  "llama-server": readLlamaServer,
  "docker-model-runner": readModelRunner,
  ollama: readOllama,
};

const names: Readonly<Record<ServerKind, string>> = {
  "llama-server": "llama-server",
  "docker-model-runner": "Docker Model Runner",
  ollama: "Ollama",
};

/** One server, read when somebody asks: never twice at a time, and at most four times a second. */
export class ServerWatch {
  readonly #host: AdapterHost;
  readonly #options: CheckedOptions;
  readonly #lives = new ServerLives();
  /** What was reported, and still holds. */
  readonly #told = new Set<string>();
  #kind: ServerKind | undefined;
  #version: string | undefined;
  #running: Promise<ServerReading | undefined> | undefined;
  #over: AbortController | undefined;
  #last: { readonly reading: ServerReading; readonly at: number } | undefined;
  #isClosed = false;

  constructor(host: AdapterHost, options: CheckedOptions) {
    this.#host = host;
    this.#options = options;
    this.#kind = options.kind;
  }

  /** What was read last, however long ago. */
  get last(): ServerReading | undefined {
    return this.#last?.reading;
  }

  /** Reads the server, or gives the reading that is under way or still holds. Never rejects; undefined once it is closed. */
  async read(): Promise<ServerReading | undefined> {
    if (this.#isClosed) return undefined;
    const ageMs = this.#host.clock.now() - (this.#last?.at ?? Number.NaN);
    if (ageMs >= 0 && ageMs < freshMs) return this.#last?.reading;
    this.#running ??= this.#readNow().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#over?.abort();
    modelNames().servesOnly(this.#options.base, undefined);
  }

  async #readNow(): Promise<ServerReading | undefined> {
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(), this.#options.timeoutMs).unref();
    this.#over = over;
    const ask = askerOf(this.#options, over.signal);
    try {
      // the requests belong to no trace: not to that of the scrape, which happens to be what asks
      const found = await runUntraced(() => this.#find(ask));
      return this.#isClosed ? undefined : this.#take(found);
    } catch (error) {
      this.#host.diagnostics.fault("adapter", "reading a model server", error);
      return { isUp: false, reason: "could not be read", models: [] };
    } finally {
      clearTimeout(timer);
    }
  }

  /** What the server is, is found out once, and again when it no longer answers like that: another one may be there. */
  async #find(ask: Ask): Promise<Found> {
    const known = this.#kind;
    if (known !== undefined) {
      const found = await readers[known](ask);
      if (found !== undefined) return found;
      if (this.#options.kind !== undefined) return notReady(`does not answer like ${names[known]}`);
    }
    const kind = await kindOf(ask);
    if (typeof kind !== "string") return kind;
    this.#kind = kind;
    return (await readers[kind](ask)) ?? notReady(unknownKind);
  }

  #take(found: Found): ServerReading {
    const reading = this.#readingOf(found);
    this.#last = { reading, at: this.#host.clock.now() };
    this.#report(found);
    return reading;
  }

  #readingOf(found: Found): ServerReading {
    const { kind, reason, version, runs } = found;
    const isUp = reason === undefined;
    const models = isUp ? this.#lives.add(found) : runs.map(({ model, figures }) => ({ model, ...figures }));
    const { restarts } = this.#lives;
    if (isUp) modelNames().servesOnly(this.#options.base, found.onlyModel);
    if (kind !== undefined && version !== undefined) this.#reportVersion(kind, version);
    return { isUp, models, ...defined({ kind, reason, version, restarts }) };
  }

  #reportVersion(kind: ServerKind, version: string): void {
    if (version === this.#version) return;
    this.#version = version;
    const { name } = this.#options;
    this.#host.reportVersion(name === undefined ? kind : `${kind} ${name}`, version);
  }

  /** Each fault once, until a server that is up is read without it. A server that loads its model has none. */
  #report({ reason, isLoading, faults }: Found): void {
    if (isLoading === true) return;
    for (const fault of this.#told) if (reason === undefined && !faults.includes(fault)) this.#told.delete(fault);
    for (const fault of reason === undefined ? faults : [reason]) {
      if (this.#told.has(fault)) continue;
      this.#told.add(fault);
      const error = new AiwatchError("AIWATCH_MODEL_SERVER", `the model server ${this.#options.server} ${fault}`);
      this.#host.diagnostics.outside("adapter", "reading a model server", error);
    }
  }
}

const unknownKind = "answers like no model server that AIWatch knows: llama-server, Ollama, Docker Model Runner";

/** What the server is, by what it answers to the questions of each kind; else why that is unknown. */
async function kindOf(ask: Ask): Promise<ServerKind | Found> {
  const [health, ps, engines] = await Promise.all([ask("/health"), ask("/api/ps"), ask("/engines/ps")]);
  if (isLlamaServers(health)) return "llama-server";
  if (Array.isArray(jsonOf(engines))) return "docker-model-runner";
  if (Array.isArray(valueAt(jsonOf(ps), "models"))) return "ollama";
  if (hasLlamaCppMetrics(await ask("/metrics"))) return "llama-server";
  return notReady([health, ps, engines].find(({ fault }) => fault !== undefined)?.fault ?? unknownKind);
}
