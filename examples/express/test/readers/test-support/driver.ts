import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { SummaryAnswer } from "@aiwatch/core/summary-schema";
import { failingSeeds } from "./failing-seeds.ts";
import { type LoopDelay, watchLoop } from "./loop-delays.ts";
import { type Fate, type Question, Visit, type Visited } from "./visit.ts";

/** What the driver's process prints at its end. */
export interface Driven {
  readonly visits: readonly Visited[];
  readonly delays: readonly LoopDelay[];
}

/** Of so many answers some are short, and one is long. */
const seeds = 16;
/** Pieces of an answer that goes on for a while after its reader left. */
const longest = 200;

/** Readers that ask one question after the other, and guests that come all at once, too many for the line, and leave it again. */
class Driver {
  readonly #url: string;
  readonly #ended: Visited[] = [];
  /** Those under way that read to the end. */
  readonly #staying = new Set<Visit>();
  /** By the length of their answers. */
  #seeds: readonly number[] = [];
  #until = 0;
  #sent = 0;
  /** Ends without which the play is not whole, as long as there were none. */
  readonly #missing = new Set<Fate>(["answered", "refused", "left", "aborted", "failed", "cut"]);

  constructor(url: string) {
    this.#url = url;
  }

  async drive(seconds: number, readers: number, guests: number): Promise<Visited[]> {
    await this.#measureAnswers();
    this.#until = performance.now() + seconds * 1000;
    const all = Array.from({ length: readers }, (_, number) => this.#read(number));
    await Promise.all([...all, this.#invite(guests)]);
    return this.#ended;
  }

  /** A seed's answer is always the same. */
  async #measureAnswers(): Promise<void> {
    const agent = new Agent();
    const lengths: [seed: number, pieces: number][] = [];
    for (let seed = 0; seed < seeds; seed += 1) {
      const { pieces } = await this.#follow(this.#send("first", { agent, seed }));
      lengths.push([seed, pieces]);
    }
    lengths.sort(([, a], [, b]) => a - b);
    if ((lengths.at(-1)?.[1] ?? 0) < longest) throw new Error(`no answer is long enough: ${JSON.stringify(lengths)}`);
    this.#seeds = lengths.map(([seed]) => seed);
  }

  /** Of ten questions four are left in the middle of their answer, which is the longest one, and the engine breaks down under two. */
  async #read(number: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let question = number; this.#goesOn; question += 1) {
      if (question % 5 === 1 || question % 5 === 3) {
        await this.#follow(this.#send("reader", { agent, seed: this.#long, leavesAfter: 1 + (question % 9) }));
      } else if (question % 10 === 2)
        await this.#fail("cut", this.#send("reader", { agent, seed: failingSeeds.inText }));
      else if (question % 10 === 7)
        await this.#fail("failed", this.#send("reader", { agent, seed: failingSeeds.beforeText }));
      else await this.#stay(this.#send("reader", { agent, seed: this.#short(question) }));
    }
    agent.destroy();
  }

  /** Once a second some come at the same time. When all are known to be there those that were not refused leave, unless their turn is near. */
  async #invite(guests: number): Promise<void> {
    const agent = new Agent();
    while (this.#goesOn) {
      await sleep(1000);
      const ahead = [...this.#staying];
      const visits = Array.from({ length: guests }, (_, guest) =>
        this.#send("guest", { agent, seed: this.#short(guest) }),
      );
      const over = visits.map((visit) => this.#follow(visit));
      await this.#allArrived();
      const waiting = ahead.filter((visit) => this.#staying.has(visit) && !visit.isAnswered);
      // whoever stands behind three that will be answered whole is not let in meanwhile
      if (waiting.length >= 3) for (const visit of visits) if (!visit.isAnswered) visit.leave();
      await Promise.all(over);
    }
  }

  get #goesOn(): boolean {
    return performance.now() < this.#until || this.#missing.size > 0;
  }

  /** One of the shorter half. */
  #short(question: number): number {
    return this.#seeds[question % (seeds / 2)] ?? 0;
  }

  get #long(): number {
    return this.#seeds.at(-1) ?? 0;
  }

  #send(who: string, question: Omit<Question, "id">): Visit {
    this.#sent += 1;
    return new Visit(this.#url, { ...question, id: `${who}-${this.#sent}` });
  }

  async #follow(visit: Visit): Promise<Visited> {
    const visited = await visit.over;
    this.#ended.push(visited);
    this.#missing.delete(visited.fate);
    // who is refused comes again a little later, as a page does: at once would be another load than that of readers
    if (visited.fate === "refused") await sleep(200);
    return visited;
  }

  /** @throws where it came to another end than that it had to, unless it was refused */
  async #fail(end: Fate, visit: Visit): Promise<void> {
    const { id, fate } = await this.#follow(visit);
    if (fate !== end && fate !== "refused") throw new Error(`${id} was ${fate}: the engine did not break down`);
  }

  async #stay(visit: Visit): Promise<void> {
    this.#staying.add(visit);
    await this.#follow(visit);
    this.#staying.delete(visit);
  }

  /** Every question is a chat from the moment at which it enters the line or is refused. */
  async #allArrived(): Promise<void> {
    for (;;) {
      const answer = await fetch(`${this.#url}/metrics/summary`);
      const { now, totals } = (await answer.json()) as SummaryAnswer;
      if (now.chats + totals.chats === this.#sent) return;
      await sleep(5);
    }
  }
}

const [url = "", seconds, readers, guests] = process.argv.slice(2);
const delays: LoopDelay[] = [];
watchLoop((delay) => delays.push(delay));
const visits = await new Driver(url).drive(Number(seconds), Number(readers), Number(guests));
process.stdout.write(`${JSON.stringify({ visits, delays } satisfies Driven)}\n`);
