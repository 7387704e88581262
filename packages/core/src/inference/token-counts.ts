import { added, isCount, speculationOf } from "./given.ts";
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
    if (isCount(evaluated)) this.#evaluated = added(this.#evaluated, evaluated);
    if (isCount(cached)) this.#cached ??= cached;
  }

  prefilled(tokens: number): void {
    if (isCount(tokens)) this.#prefilled = added(this.#prefilled, tokens);
  }

  reasoning(tokens: number): void {
    if (isCount(tokens)) this.#reasoning = added(this.#reasoning, tokens);
  }

  undelivered(tokens: number): void {
    if (isCount(tokens)) this.#undelivered = tokens;
  }

  shifted(): void {
    this.#contextShifts = (this.#contextShifts ?? 0) + 1;
  }

  speculated(tokens: unknown): void {
    this.#speculative = speculationOf(tokens) ?? this.#speculative;
  }

  /** The prompt's tokens, those reused from the KV cache included. */
  get promptTokens(): number | undefined {
    const evaluated = this.#evaluated;
    const cached = this.#cached;
    return (cached ?? evaluated) === undefined ? undefined : added(cached, evaluated ?? 0);
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
