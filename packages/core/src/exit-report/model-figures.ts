import { cutText } from "../base/errors.ts";
import { isCompleted } from "../catalogue/values.ts";
import type { InferenceRecord } from "../inference/record.ts";

/** Names come from outside: past so many they count as one. */
const most = 20;

/** How often what was seen, in the order in which it was seen first. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** @param name plain JavaScript may give none */
  add(name: unknown): void {
    const known = typeof name === "string" ? name : "unknown";
    const shown = this.#counts.has(known) || this.#counts.size < most ? known : "other";
    this.#counts.set(shown, (this.#counts.get(shown) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#counts.values()].reduce((total, count) => total + count, 0);
  }

  /** `undefined` where nothing was seen. */
  describe(): string | undefined {
    if (this.#counts.size === 0) return undefined;
    return [...this.#counts].map(([name, count]) => `${count} ${printable(name)}`).join(", ");
  }
}

/** As it can stand on a terminal. */
export function printable(name: string): string {
  return cutText(name.replace(/\p{C}/gu, "\ufffd"), 80);
}

/** Past so many the values themselves are not kept: the mean and the largest stay exact. */
const kept = 10_000;

/** From so many values on a 95th percentile is another one than the largest. */
const enoughForP95 = 20;

/** Durations in milliseconds, for a line of the report. */
export class Values {
  readonly #values: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  add(value: number | undefined): void {
    if (value === undefined) return;
    this.#count += 1;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
    if (this.#count <= kept) this.#values.push(value);
  }

  /** In words; `undefined` where nothing is known. */
  describe(): string | undefined {
    if (this.#count === 0) return undefined;
    if (this.#count === 1) return inMs(this.#max);
    return `${this.#middle()}, longest ${inMs(this.#max)}`;
  }

  #middle(): string {
    if (this.#count > kept) return `mean ${inMs(this.#sum / this.#count)}`;
    const sorted = this.#values.toSorted((a, b) => a - b);
    const at = (part: number) => inMs(sorted[Math.ceil(part * sorted.length) - 1] ?? this.#max);
    return this.#count < enoughForP95 ? `p50 ${at(0.5)}` : `p50 ${at(0.5)}, p95 ${at(0.95)}`;
  }
}

/** Three digits are more than such a measurement holds. */
function inMs(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

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
