import type { Usage } from "./inference-handle.ts";
import type { InferenceRecord, SpeculativeTokens } from "./record.ts";

/** The counts of a record. Each is absent where nobody told it. */
export type Counts = Pick<
  InferenceRecord,
  | "promptTokens"
  | "cachedPromptTokens"
  | "promptEvalTokens"
  | "outputTokens"
  | "reasoningTokens"
  | "undeliveredTokens"
  | "contextShifts"
  | "speculativeTokens"
  | "toolCalls"
  | "dimensions"
>;

/** What one inference used, added up as its adapter tells. */
export class TokenCounts {
  toolCalls: number | undefined;
  dimensions: number | undefined;
  #evaluated: number | undefined;
  #cached: number | undefined;
  #prefilled: number | undefined;
  #reasoning: number | undefined;
  #undelivered: number | undefined;
  #contextShifts: number | undefined;
  #speculative: SpeculativeTokens | undefined;

  prompt(evaluated: number, cached: number | undefined): void {
    if (isCount(evaluated)) this.#evaluated = (this.#evaluated ?? 0) + evaluated;
    if (isCount(cached)) this.#cached ??= cached;
  }

  prefilled(tokens: number): void {
    if (isCount(tokens)) this.#prefilled = (this.#prefilled ?? 0) + tokens;
  }

  reasoning(tokens: number): void {
    if (isCount(tokens)) this.#reasoning = (this.#reasoning ?? 0) + tokens;
  }

  undelivered(tokens: number): void {
    if (isCount(tokens)) this.#undelivered = tokens;
  }

  shifted(): void {
    this.#contextShifts = (this.#contextShifts ?? 0) + 1;
  }

  speculated({ used, unused, refuted }: SpeculativeTokens): void {
    if ([used, unused, refuted].every(isCount)) this.#speculative = Object.freeze({ used, unused, refuted });
  }

  /** The prompt's tokens, those reused from the KV cache included. */
  get promptTokens(): number | undefined {
    const evaluated = this.#evaluated;
    const cached = this.#cached;
    return (cached ?? evaluated) === undefined ? undefined : (cached ?? 0) + (evaluated ?? 0);
  }

  get cachedPromptTokens(): number | undefined {
    return this.#cached;
  }

  /** @param output the generated tokens; unknown where the engine never took it up */
  read(output: number | undefined): Counts {
    const { promptTokens, cachedPromptTokens } = this;
    const counts: { -readonly [Name in keyof Counts]: Counts[Name] } = {};
    if (promptTokens !== undefined) counts.promptTokens = promptTokens;
    if (cachedPromptTokens !== undefined) counts.cachedPromptTokens = cachedPromptTokens;
    if (this.#prefilled !== undefined) counts.promptEvalTokens = this.#prefilled;
    if (output !== undefined) counts.outputTokens = output;
    if (this.#reasoning !== undefined) counts.reasoningTokens = this.#reasoning;
    if (this.#undelivered !== undefined) counts.undeliveredTokens = this.#undelivered;
    if (this.#contextShifts !== undefined) counts.contextShifts = this.#contextShifts;
    if (this.#speculative !== undefined) counts.speculativeTokens = this.#speculative;
    if (this.toolCalls !== undefined) counts.toolCalls = this.toolCalls;
    if (this.dimensions !== undefined) counts.dimensions = this.dimensions;
    return counts;
  }
}

/** What an engine reported, without what is no count. */
export function usageOf({ promptTokens, cachedPromptTokens, outputTokens, reasoningTokens }: Usage): Usage {
  return {
    ...(isCount(promptTokens) && { promptTokens }),
    ...(isCount(cachedPromptTokens) && { cachedPromptTokens }),
    ...(isCount(outputTokens) && { outputTokens }),
    ...(isCount(reasoningTokens) && { reasoningTokens }),
  };
}

/** Engines report what is no count, too: what is unknown to them is `undefined`, null or -1. */
export function isCount(count: number | undefined): count is number {
  return typeof count === "number" && count >= 0 && count < Number.POSITIVE_INFINITY;
}
