import { AiwatchError } from "../base/errors.ts";
import { type Later, later, nextTurn } from "../base/time.ts";
import type { MetricJson } from "./registry-metrics.ts";
import type { ExpositionFormat } from "./text-format.ts";
import { renderExposition } from "./text-format.ts";

/** A whole exposition, in pieces: one text for all who read it. */
export type ExpositionText = readonly Buffer[];

/** Milliseconds that a collection may take. Prometheus waits as long by default. */
export const abandonedAfterMs = 10_000;

type Collect = () => Promise<readonly MetricJson[]>;

/**
 * Expositions, each made once for all who ask meanwhile: a flood of scrapes costs one at a time. Whoever asks while one is made waits for the
 * next: no number is older than its question. One that hangs, by an app's own `collect()`, is given up for all who wait for it.
 */
export class SharedExposition {
  readonly #collect: Collect;
  readonly #room: () => Promise<void>;
  readonly #later: Later;
  #isMaking = false;
  #next: Collection | undefined;

  /** @param room resolves when another text may be made; those who ask meanwhile share it */
  constructor(collect: Collect, room: () => Promise<void> = async () => {}, startTimer: Later = later) {
    this.#collect = collect;
    this.#room = room;
    this.#later = startTimer;
  }

  /** @throws what collecting throws; AiwatchError `AIWATCH_SCRAPE_TIMEOUT` where it hangs */
  text(format: ExpositionFormat): Promise<ExpositionText> {
    this.#next ??= new Collection();
    const text = this.#next.text(format);
    if (!this.#isMaking) void this.#makeAll();
    return text;
  }

  async #makeAll(): Promise<void> {
    this.#isMaking = true;
    while (this.#next !== undefined) {
      await this.#room();
      const current = this.#next;
      this.#next = undefined;
      await current.make(() => this.#collectInTime());
      // those who waited read now, and hold their texts
      await nextTurn();
    }
    this.#isMaking = false;
  }

  #collectInTime(): Promise<readonly MetricJson[]> {
    return new Promise((resolve, reject) => {
      const callOff = this.#later(() => reject(hangs()), abandonedAfterMs);
      this.#collect().then(resolve, reject).finally(callOff);
    });
  }
}

/** The metrics of one moment, and the texts that are made of them. */
class Collection {
  readonly #collected: Promise<readonly MetricJson[]>;
  readonly #texts = new Map<ExpositionFormat, Promise<ExpositionText>>();
  #begin!: (collected: Promise<readonly MetricJson[]>) => void;

  constructor() {
    this.#collected = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  text(format: ExpositionFormat): Promise<ExpositionText> {
    const known = this.#texts.get(format);
    if (known !== undefined) return known;
    const text = this.#render(format);
    this.#texts.set(format, text);
    return text;
  }

  /** Resolves when all its texts are made, or failed. */
  async make(collect: Collect): Promise<void> {
    this.#begin(collect());
    await Promise.allSettled(this.#texts.values());
  }

  async #render(format: ExpositionFormat): Promise<ExpositionText> {
    const pieces: Buffer[] = [];
    for (const piece of renderExposition(await this.#collected, format)) {
      pieces.push(Buffer.from(piece));
      await nextTurn();
    }
    return pieces;
  }
}

function hangs(): AiwatchError {
  return new AiwatchError(
    "AIWATCH_SCRAPE_TIMEOUT",
    `the metrics were not ready within ${abandonedAfterMs / 1000} s: a collect() or read() of the app did not return`,
  );
}
