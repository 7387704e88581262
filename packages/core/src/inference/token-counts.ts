import { added, isCount, speculationOf } from "./received-values.ts";
import type { SpeculativeTokens, UnfinishedRecord } from "./record.ts";

/** The counts of a record. Each is absent where nobody reported it. */
export type Counts = Pick<
  UnfinishedRecord,
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
  /** Reads the thoughts of an engine that says them only at the end. */
  reasoningSoFar: (() => unknown) | undefined;
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

  get promptEvalTokens(): number | undefined {
    return this.#prefilled;
  }

  get reasoningTokens(): number | undefined {
    if (this.#reasoning !== undefined) return this.#reasoning;
    const read = this.reasoningSoFar?.();
    return isCount(read) ? read : undefined;
  }

  get contextShifts(): number | undefined {
    return this.#contextShifts;
  }

  /**
   * Puts the counts that are known into `into`, so that no object is made for them alone.
   * @param output the generated tokens; unknown where the engine never took it up
   */
  read(output: number | undefined, into: Counts): void {
    const { promptTokens, cachedPromptTokens } = this;
    if (promptTokens !== undefined) into.promptTokens = promptTokens;
    if (cachedPromptTokens !== undefined) into.cachedPromptTokens = cachedPromptTokens;
    if (this.#prefilled !== undefined) into.promptEvalTokens = this.#prefilled;
    if (output !== undefined) into.outputTokens = output;
    if (this.#reasoning !== undefined) into.reasoningTokens = this.#reasoning;
    if (this.#undelivered !== undefined) into.undeliveredTokens = this.#undelivered;
    if (this.#contextShifts !== undefined) into.contextShifts = this.#contextShifts;
    if (this.#speculative !== undefined) into.speculativeTokens = this.#speculative;
    if (this.toolCalls !== undefined) into.toolCalls = this.toolCalls;
    if (this.dimensions !== undefined) into.dimensions = this.dimensions;
  }
}
