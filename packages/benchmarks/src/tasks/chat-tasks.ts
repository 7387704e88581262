import { createServer } from "node:http";
import { createRequire } from "node:module";
import { aiwatchExpress } from "@aiwatch/core/express";
import { instrumentModel } from "@aiwatch/llamacpp";
import type express from "express";
import { SyntheticSession } from "../engines/synthetic-engine.ts";
import { inProcess } from "../http/in-process.ts";
import { type Condition, type Watching, watch } from "../observing/conditions.ts";
import { type HeapStep, settledHeap } from "./engine-tasks.ts";

/** Where it is needed: what a child loads at its start, OpenTelemetry cannot patch for the usual stack. */
const load = createRequire(import.meta.url);

/** Chats that are answered at once; the connections' others wait. */
const places = 2;
/** One of so many chats is refused. */
const refusedEvery = 20;

/**
 * The summary's window keeps five minutes in slices of five seconds, and is full once sixty of them have had chats. The benchmark has no five
 * minutes: after so many chats its clock steps over the rest of a slice. What grows while the window fills is no leak.
 */
const chatsInSlice = 50;
const sliceMs = 5000;

/** Goes on as time does, and can be put forward. */
class SteppedClock {
  #aheadMs = 0;

  now(): number {
    return performance.now() + this.#aheadMs;
  }

  step(ms: number): void {
    this.#aheadMs += ms;
  }
}

/** An app's own line: lends each session to one chat at a time, the longest waiting first. */
class Line {
  readonly #free: SyntheticSession[];
  readonly #waiting: ((session: SyntheticSession) => void)[] = [];

  constructor(sessions: readonly SyntheticSession[]) {
    this.#free = [...sessions];
  }

  borrow(): Promise<SyntheticSession> {
    const session = this.#free.pop();
    if (session !== undefined) return Promise.resolve(session);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  giveBack(session: SyntheticSession): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(session);
    else next(session);
  }
}

class Full extends Error {}

const isRefusal = (error: unknown) => error instanceof Full;

/** Chats through a door, with a line before two sessions on the synthetic engine, asked in their own process. */
export class ChatServer {
  readonly #watching: Watching | undefined;
  readonly #line: Line;
  readonly #admission;
  readonly #ask;
  readonly #tokens: number;
  readonly #clock = new SteppedClock();
  #begun = 0;
  #refused = 0;

  constructor(condition: Condition, tokens: number) {
    this.#tokens = tokens;
    this.#watching = watch(condition, { clock: this.#clock });
    const aiwatch = this.#watching?.aiwatch;
    this.#admission = aiwatch?.admission({ queue: "sessions", order: "fifo" });
    const sessions = Array.from({ length: places }, () => new SyntheticSession());
    if (aiwatch !== undefined) for (const session of sessions) instrumentModel(session, { aiwatch });
    this.#line = new Line(sessions);
    const app = (load("express") as typeof express)();
    if (aiwatch !== undefined) app.use(aiwatchExpress(aiwatch));
    app.get("/items/:id", (_req, res) => this.#chat(res));
    this.#ask = inProcess(createServer(app));
  }

  /** So many chats, on twenty connections. */
  async run(chats: number): Promise<void> {
    for (let left = chats; left > 0; left -= chatsInSlice) {
      await this.#ask(Math.min(left, chatsInSlice));
      this.#clock.step(sliceMs);
    }
  }

  /** @throws where a fault was reported, or the board counts other chats than there were */
  async check(): Promise<void> {
    const answered = this.#begun - this.#refused;
    await this.#watching?.check(answered);
    const totals = this.#watching?.aiwatch.summary().totals;
    const expected = { chats: this.#begun, answered, refused: this.#refused, left: 0, failed: 0, aborted: 0 };
    if (totals !== undefined && JSON.stringify(totals) !== JSON.stringify(expected))
      throw new Error(`the chats are ${JSON.stringify(totals)}, not ${JSON.stringify(expected)}`);
  }

  async #chat(res: express.Response): Promise<void> {
    try {
      const session = await this.#turn();
      try {
        const { responseText } = await session.promptWithMeta("Tell me about the local model", {
          maxTokens: this.#tokens,
        });
        res.send(responseText);
      } finally {
        this.#line.giveBack(session);
      }
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // in words, as some apps do: the client takes any other status for a fault of the benchmark
      res.send("full");
    }
  }

  #turn(): Promise<SyntheticSession> {
    this.#begun += 1;
    const isRefused = this.#begun % refusedEvery === 0;
    if (isRefused) this.#refused += 1;
    const acquire = () => (isRefused ? Promise.reject(new Full()) : this.#line.borrow());
    return this.#admission === undefined ? acquire() : this.#admission.wait(acquire, { isRefusal });
  }
}

/** What the heap holds once garbage is gone, after more and more chats. */
export async function chatHeapTask(condition: Condition) {
  let server: ChatServer | undefined;
  let done = 0;
  return async ({ until, tokens }: HeapStep): Promise<number> => {
    server ??= new ChatServer(condition, tokens);
    await server.run(until - done);
    done = until;
    await server.check();
    return settledHeap();
  };
}
