import { type Clock, monotonicClock } from "../clock.ts";
import { nextTurn } from "../timers.ts";
import type { ExpositionFormat } from "./format.ts";
import type { MetricJson } from "./metric-json.ts";
import { renderExposition } from "./render.ts";

/** A whole exposition, in pieces: one text for all who read it. */
export type ExpositionText = readonly Buffer[];

/** Milliseconds: whoever asks later does not wait for one that may hang, such as an app's own `collect()`. Prometheus waits as long by default. */
const joinedForMs = 10_000;

/**
 * Expositions, each collected once for all who ask while it is made: a flood of scrapes costs one. Nothing is kept: who asks when it is made
 * gets the next one.
 */
export class SharedExposition {
  readonly #collect: () => Promise<readonly MetricJson[]>;
  readonly #clock: Clock;
  #current: Collection | undefined;

  constructor(collect: () => Promise<readonly MetricJson[]>, clock: Clock = monotonicClock) {
    this.#collect = collect;
    this.#clock = clock;
  }

  /** Rejects with what collecting throws. */
  async text(format: ExpositionFormat): Promise<ExpositionText> {
    const current = this.#join() ?? new Collection(this.#collect(), this.#clock.now());
    this.#current = current;
    try {
      return await current.text(format);
    } finally {
      if (this.#current === current) this.#current = undefined;
    }
  }

  #join(): Collection | undefined {
    const current = this.#current;
    return current !== undefined && this.#clock.now() - current.began < joinedForMs ? current : undefined;
  }
}

/** The metrics of one moment, and the texts that are made of them. */
class Collection {
  readonly #collected: Promise<readonly MetricJson[]>;
  readonly #texts = new Map<ExpositionFormat, Promise<ExpositionText>>();
  readonly began: number;

  constructor(collected: Promise<readonly MetricJson[]>, began: number) {
    this.#collected = collected;
    this.began = began;
  }

  text(format: ExpositionFormat): Promise<ExpositionText> {
    const known = this.#texts.get(format);
    if (known !== undefined) return known;
    const text = this.#render(format);
    this.#texts.set(format, text);
    return text;
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
