import { setImmediate as nextTurn } from "node:timers/promises";

/**
 * Objects that answer as node-llama-cpp's do and compute nothing: the same calls in the same order, the same generators around each other,
 * the same meter, so that what is left of the time is what observing costs. `LlamaContext.js` of node-llama-cpp is what they are modelled on.
 */
export interface SyntheticOptions {
  readonly maxTokens: number;
}

interface Step {
  token: number;
}

class SyntheticMeter {
  usedInputTokens = 0;
  usedOutputTokens = 0;

  useTokens(tokens: number, type: "input" | "output"): void {
    if (type === "input") this.usedInputTokens += tokens;
    else this.usedOutputTokens += tokens;
  }
}

class SyntheticModel {
  readonly fileInfo = { metadata: { general: { name: "synthetic", architecture: "llama" }, llama: {} } };
  readonly size = 600_000;
  readonly trainContextSize = 4096;
  readonly disposed = false;
}

class SyntheticContext {
  readonly contextSize = 4096;
  readonly batchSize = 512;
  readonly idealThreads = 1;
  readonly currentThreads = 1;
  readonly totalSequences = 1;
  readonly sequencesLeft = 0;
  readonly disposed = false;
  readonly model = new SyntheticModel();
}

export class SyntheticSequence {
  readonly context = new SyntheticContext();
  readonly tokenMeter = new SyntheticMeter();
  readonly disposed = false;
  #nextTokenIndex = 0;

  get model(): SyntheticModel {
    return this.context.model;
  }

  get nextTokenIndex(): number {
    return this.#nextTokenIndex;
  }

  get contextSize(): number {
    return this.context.contextSize;
  }

  /** Each prompt begins with an empty context. */
  async adaptStateToTokens(_tokens: readonly number[]): Promise<void> {
    this.#nextTokenIndex = 0;
  }

  async *evaluate(tokens: readonly number[]): AsyncGenerator<number, void, number | undefined> {
    const iterator = this.evaluateWithMetadata(tokens, {});
    let replacement: number | undefined;
    try {
      while (true) {
        const { value, done } = await iterator.next(replacement);
        if (done === true) return;
        replacement = yield value.token;
      }
    } finally {
      await iterator.return();
    }
  }

  evaluateWithMetadata(
    tokens: readonly number[],
    _metadata: object,
    _options: object = {},
  ): AsyncGenerator<Step, void, number | undefined> {
    return this.#evaluate(tokens);
  }

  async *#evaluate(tokens: readonly number[]): AsyncGenerator<Step, void, number | undefined> {
    let evaluated = tokens;
    while (true) {
      this.#decode(evaluated.length);
      const token = this.#nextTokenIndex % 600;
      const replacement = yield { token };
      evaluated = [replacement ?? token];
    }
  }

  /** As the context's dispatch tells the meter, before the batch is decoded. */
  #decode(tokens: number): void {
    if (tokens > 1) this.tokenMeter.useTokens(tokens - 1, "input");
    this.tokenMeter.useTokens(1, "output");
    this.#nextTokenIndex += tokens;
  }
}

export interface SyntheticResult {
  readonly response: readonly string[];
  readonly responseText: string;
  readonly stopReason: "maxTokens";
}

export class SyntheticSession {
  readonly sequence = new SyntheticSequence();
  readonly disposed = false;
  readonly #promptTokens = Array.from({ length: 16 }, (_, index) => index);

  async prompt(prompt: string, options: SyntheticOptions): Promise<string> {
    return (await this.promptWithMeta(prompt, options)).responseText;
  }

  async promptWithMeta(_prompt: string, { maxTokens }: SyntheticOptions): Promise<SyntheticResult> {
    const { sequence } = this;
    await sequence.adaptStateToTokens(this.#promptTokens);
    // a decode is dispatched in a turn of its own; here one for each prompt, so that timers and exporters have theirs
    await nextTurn();
    let left = maxTokens;
    for await (const _token of sequence.evaluate(this.#promptTokens)) {
      left -= 1;
      if (left <= 0) break;
    }
    return { response: [""], responseText: "", stopReason: "maxTokens" };
  }

  async completePromptWithMeta(prompt: string, options: SyntheticOptions): Promise<SyntheticResult> {
    return this.promptWithMeta(prompt, options);
  }
}
