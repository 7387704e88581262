/** What an evaluation that begins means for its operation. */
export interface Beginning {
  /** Tokens to evaluate that were not there before. */
  readonly added: number;
  /** The context was full, and was emptied in part so that generation can go on. */
  readonly shifted: boolean;
}

/**
 * How an operation's tokens come into the KV cache. An answer is evaluated in several parts: after a context shift, which evaluates again what
 * it keeps, and after a function's result, which is new.
 */
export class PromptProgress {
  /** Tokens that were prompted or generated so far; unknown before the first evaluation. */
  #length: number | undefined;
  /** The sequence's position before the engine last made it fit the prompt. */
  #positionBefore: number | undefined;
  #left = 0;
  readonly #startsOver: boolean;

  /** @param startsOver whether each evaluation is an input of its own */
  constructor(startsOver: boolean) {
    this.#startsOver = startsOver;
  }

  /** Whether something was evaluated before. */
  get begun(): boolean {
    return this.#length !== undefined;
  }

  /** The engine is about to make the sequence fit: what does not is evicted. */
  adapts(position: number): void {
    this.#positionBefore = position;
  }

  /** @param contextSize tokens that the sequence can hold; unknown in an engine that does not say */
  begins(tokens: number, position: number, contextSize: number | undefined): Beginning {
    const known = this.#startsOver ? undefined : this.#length;
    const before = this.#positionBefore;
    this.#length = position + tokens;
    this.#left += tokens;
    if (known === undefined) return { added: tokens, shifted: false };
    // the engine's own condition for a shift: no room for one more token
    const wasFull = before !== undefined && contextSize !== undefined && before >= contextSize - 1;
    return { added: Math.max(0, position + tokens - known), shifted: wasFull && position < before };
  }

  /**
   * Tokens of a batch were decoded for it.
   * @returns how many of them were prompt
   */
  decoded(tokens: number): number {
    const prefilled = Math.min(tokens, this.#left);
    this.#left -= prefilled;
    return prefilled;
  }

  /** Whether the engine has prompt tokens left to decode. */
  get prefilling(): boolean {
    return this.#left > 0;
  }

  generated(): void {
    if (this.#length !== undefined) this.#length += 1;
  }
}
