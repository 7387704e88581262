import { isCompleted } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";
import { Tally } from "./tally.ts";
import { Values } from "./values.ts";

/** A line of the report: what it is about, and what is known of it. */
export type Line = readonly [name: string, describe: () => string | undefined];

/** What the inferences of one model were. */
export class ModelFigures {
  readonly endings = new Tally();
  readonly #firstToken = new Values();
  readonly #perToken = new Values();
  readonly #decoded = { tokens: 0, ms: 0 };
  #input: number | undefined;
  #cached: number | undefined;
  #output: number | undefined;

  add(record: InferenceRecord): void {
    const { finishReason, outputTokens, decodeMs } = record;
    this.endings.add(finishReason.unified);
    this.#input = sum(this.#input, record.promptTokens);
    this.#cached = sum(this.#cached, record.cachedPromptTokens);
    this.#output = sum(this.#output, outputTokens);
    this.#firstToken.add(record.firstTokenMs);
    // of one that was broken off the rest of its time is not the model's
    if (isCompleted(finishReason.unified)) this.#perToken.add(record.timePerOutputTokenMs);
    if (record.tokensPerSecond === undefined || outputTokens === undefined || decodeMs === undefined) return;
    this.#decoded.tokens += outputTokens - 1;
    this.#decoded.ms += decodeMs;
  }

  lines(): Line[] {
    return [
      ["inferences", () => `${this.endings.total} (${this.endings.describe()})`],
      ["tokens", () => this.#tokens()],
      ["time to first token", () => this.#firstToken.describe()],
      ["time per output token", () => this.#perToken.describe()],
      ["decode", () => this.#rate()],
    ];
  }

  #tokens(): string | undefined {
    const cached = this.#cached === undefined ? "" : ` (${this.#cached} of them cached)`;
    const parts = [
      this.#input === undefined ? undefined : `${this.#input} in${cached}`,
      this.#output === undefined ? undefined : `${this.#output} out`,
    ];
    const known = parts.filter((part) => part !== undefined);
    return known.length === 0 ? undefined : known.join(", ");
  }

  /** Of all tokens after each first one, over the time that they took. */
  #rate(): string | undefined {
    const { tokens, ms } = this.#decoded;
    return ms > 0 ? `${((tokens / ms) * 1000).toFixed(1)} tokens/s` : undefined;
  }
}

/** Unknown is not 0: a sum of nothing known stays unknown. */
function sum(total: number | undefined, value: number | undefined): number | undefined {
  return value === undefined ? total : (total ?? 0) + value;
}
