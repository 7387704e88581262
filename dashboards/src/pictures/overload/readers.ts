import { setTimeout as sleep } from "node:timers/promises";

export type Fate = "answered" | "refused" | "left" | "failed" | "waits" | "reads";

/** One question as its reader saw it. Times are seconds since 1970, by the reader's own monotonic clock. */
export interface Visit {
  readonly sentAt: number;
  firstTextAt?: number;
  endedAt?: number;
  fate: Fate;
}

export interface ReadersOptions {
  readonly host: string;
  /** How many ask one question after the other. */
  readonly readers: number;
  /** How many come at once, every half a minute, besides. */
  readonly guests: number;
  /** Seconds after which a guest who has read nothing gives up. */
  readonly patience: number;
  /** Questions with these seeds fail in the engine. */
  readonly failing: { readonly beforeText: number; readonly inText: number };
}

const clock = () => (performance.timeOrigin + performance.now()) / 1000;

/** Readers in a crowd, who note what they saw. */
export class Readers {
  readonly visits: Visit[] = [];
  readonly #options: ReadersOptions;
  readonly #over = new AbortController();
  readonly #going: Promise<void>[];

  constructor(options: ReadersOptions) {
    this.#options = options;
    const readers = Array.from({ length: options.readers }, (_, number) => this.#read(number));
    this.#going = [...readers, this.#invite()];
  }

  /** Lets everybody go. Who is in the midst of an answer is not counted as having left. */
  async stop(): Promise<void> {
    this.#over.abort();
    await Promise.allSettled(this.#going);
  }

  get #goesOn(): boolean {
    return !this.#over.signal.aborted;
  }

  /** Of twelve questions the engine breaks down under one, and of another twelve in its midst. */
  async #read(number: number): Promise<void> {
    const { beforeText, inText } = this.#options.failing;
    for (let turn = number; this.#goesOn; turn += 1) {
      const seed = turn % 24 === 7 ? beforeText : turn % 24 === 19 ? inText : turn;
      const { fate } = await this.#ask(seed);
      // who is refused comes again a little later, as a page does
      if (fate === "refused") await sleep(2000);
    }
  }

  async #invite(): Promise<void> {
    const { guests, patience } = this.#options;
    while (this.#goesOn) {
      await sleep(30_000, undefined, { signal: this.#over.signal }).catch(() => undefined);
      if (!this.#goesOn) return;
      const visits = Array.from({ length: guests }, (_, guest) => this.#ask(1000 + guest, patience));
      await Promise.all(visits);
    }
  }

  async #ask(seed: number, patience?: number): Promise<Visit> {
    const visit: Visit = { sentAt: clock(), fate: "waits" };
    this.visits.push(visit);
    const gone = new AbortController();
    const timer = patience === undefined ? undefined : setTimeout(() => gone.abort(), patience * 1000);
    try {
      await this.#follow(visit, seed, AbortSignal.any([gone.signal, this.#over.signal]), () => clearTimeout(timer));
    } catch {
      if (this.#goesOn) end(visit, gone.signal.aborted ? "left" : "failed");
    } finally {
      clearTimeout(timer);
    }
    return visit;
  }

  async #follow(visit: Visit, seed: number, signal: AbortSignal, onText: () => void): Promise<void> {
    const response = await fetch(`http://${this.#options.host}/chat`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: "how does the local model answer", seed }),
      signal,
    });
    if (response.status === 503) end(visit, "refused");
    else if (response.status !== 200) end(visit, "failed");
    for await (const piece of response.body ?? []) {
      if (visit.endedAt !== undefined || piece.length === 0) continue;
      visit.firstTextAt ??= clock();
      visit.fate = "reads";
      onText();
    }
    if (visit.endedAt === undefined) end(visit, "answered");
  }
}

function end(visit: Visit, fate: Fate): void {
  visit.fate = fate;
  visit.endedAt = clock();
}
