import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { allCases } from "../cases/all-cases.ts";
import { faultCases } from "../cases/faults.ts";
import type { ExchangeCase, Stage } from "../exchange-case.ts";
import type { Invoke } from "./functions.ts";
import { type Host, hosts } from "./hosts.ts";
import type { Played, Said } from "./messages.ts";
import { type Observation, observation } from "./observation.ts";
import { Recorder, shownError } from "./recorder.ts";
import { type StopMoment, type Stopping, stoppingServer } from "./stopping.ts";

const isObserved = process.env["TABLE_OBSERVED"] === "yes";
const recorder = new Recorder();

export function say(said: Said): void {
  process.send?.(said);
}

/** What the process itself is told is part of the log. */
export function listenToProcess(): void {
  for (const event of ["uncaughtException", "unhandledRejection", "warning", "rejectionHandled"]) {
    process.on(event, (error: unknown) => recorder.lines.push(`process: ${event}${shownError(error)}`));
  }
}

/** One case on one host: a server, an app and, where it is observed, an instance of their own. */
export class Play {
  readonly #exchange: ExchangeCase;
  readonly #server: Server;
  readonly #observation: Observation | undefined;
  readonly #cues: Cues;

  readonly #stopping: Stopping | undefined;
  #invoke: Invoke | undefined;
  readonly #asked: StopMoment | undefined;

  private constructor(
    exchange: ExchangeCase,
    server: Server,
    watched: Observation | undefined,
    cues: Cues,
    stopping?: Stopping,
    asked?: StopMoment,
  ) {
    this.#stopping = stopping;
    this.#asked = asked;
    this.#exchange = exchange;
    this.#server = server;
    this.#observation = watched;
    this.#cues = cues;
  }

  static async begin(hostName: string, name: string): Promise<Play> {
    const host: Host | undefined = hosts[hostName];
    const exchange = [...allCases, ...faultCases].find((one) => one.name === name);
    if (host === undefined || exchange === undefined) throw new Error(`there is no ${hostName} or no "${name}"`);
    const watched = isObserved ? await observation() : undefined;
    const cues = new Cues();
    let index = 0;
    const nextStage = () => stageOf(index++, cues);
    const built = await host.build({ exchange, aiwatch: watched?.aiwatch, nextStage });
    const server = typeof built === "function" ? createServer() : built;
    recorder.begin(server);
    exchange.alone?.();
    exchange.prepare?.(server, stageOf(0, cues));
    const stopping = host.asked && stoppingServer(server, watched?.aiwatch, host.asked);
    if (host.asked === "before") server.once("listening", () => stopping?.ask());
    else if (stopping !== undefined) server.prependOnceListener("request", () => stopping.ask());
    const play = new Play(exchange, server, watched, cues, stopping, host.asked);
    play.#invoke = typeof built === "function" ? built : undefined;
    return play;
  }

  /** Lets a client in; where there is none, asks by itself. */
  async open(): Promise<Said> {
    if (this.#invoke === undefined) return { kind: "listening", port: await this.listen() };
    // no server says that a request came
    recorder.requests = 1;
    return { kind: "answered", wire: await this.#invoke(this.#exchange.ask ?? {}) };
  }

  async listen(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Serves no more. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections?.();
  }

  cue(name: string): void {
    this.#cues.give(name);
  }

  /** Waits for everything to end, and tells what came of it. */
  async settle(): Promise<Played> {
    const closed = new Promise<string>((resolve) => this.#server.close(() => resolve("closed")));
    const late = new Promise<string>((resolve) => setTimeout(resolve, 1500, "never").unref());
    if ((await Promise.race([closed, late])) === "never") {
      recorder.lines.push("the server: never closed");
      if ("closeAllConnections" in this.#server) this.#server.closeAllConnections();
    }
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    this.#stopping?.release();
    if (this.#asked === "under way" && recorder.requests > 0)
      recorder.lines.push(`the process: exits with ${await this.#exitCode()}`);
    const { requests } = recorder;
    const observed = await this.#observation?.result(this.#exchange.counted?.length ?? requests);
    const log = [...recorder.lines];
    return { log, requests, ...(observed !== undefined && { observed }) };
  }

  #exitCode(): Promise<number | string> {
    const late = new Promise<string>((resolve) => setTimeout(resolve, 3000, "nothing in time").unref());
    return Promise.race([this.#stopping?.exit ?? late, late]);
  }
}

class Cues {
  readonly #given = new Set<string>();
  readonly #waiting: { readonly name: string; readonly go: () => void }[] = [];

  give(name: string): void {
    this.#given.add(name);
    for (const waiting of this.#waiting) if (waiting.name === name) waiting.go();
  }

  wait(name: string): Promise<void> {
    if (this.#given.has(name)) return Promise.resolve();
    return new Promise((go) => void this.#waiting.push({ name, go }));
  }
}

function stageOf(index: number, cues: Cues): Stage {
  const note = (line: string) => void recorder.lines.push(`app: ${line}`);
  return {
    index,
    note,
    attempt(name, action) {
      try {
        note(`${name} gives ${shownValue(action())}`);
      } catch (error) {
        note(`${name} throws${shownError(error)}`);
      }
    },
    mark: (name) => say({ kind: "mark", name }),
    cue: (name) => cues.wait(name),
  };
}

function shownValue(value: unknown): string {
  if (typeof value !== "object" || value === null) return inspect(value);
  return Array.isArray(value) ? inspect(value) : (value.constructor?.name ?? "an object");
}
