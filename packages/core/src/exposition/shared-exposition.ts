import { setImmediate as nextTurn } from "node:timers/promises";
import type { ExpositionFormat } from "./format.ts";
import type { MetricJson } from "./metric-json.ts";
import { renderExposition } from "./render.ts";

/** A whole exposition, in pieces: one text for all who read it. */
export type ExpositionText = readonly Buffer[];

/**
 * Expositions, each collected once for all who ask while it is made: a flood of scrapes costs one. Nothing is kept: who asks when it is made
 * gets the next one.
 */
export class SharedExposition {
  readonly #collect: () => Promise<readonly MetricJson[]>;
  #current: Collection | undefined;

  constructor(collect: () => Promise<readonly MetricJson[]>) {
    this.#collect = collect;
  }

  /** Rejects with what collecting throws. */
  async text(format: ExpositionFormat): Promise<ExpositionText> {
    this.#current ??= new Collection(this.#collect());
    const current = this.#current;
    try {
      return await current.text(format);
    } finally {
      if (this.#current === current) this.#current = undefined;
    }
  }
}

/** The metrics of one moment, and the texts that are made of them. */
class Collection {
  readonly #collected: Promise<readonly MetricJson[]>;
  readonly #texts = new Map<ExpositionFormat, Promise<ExpositionText>>();

  constructor(collected: Promise<readonly MetricJson[]>) {
    this.#collected = collected;
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
