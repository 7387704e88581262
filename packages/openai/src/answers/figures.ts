import type { FinishReason, ServerTimes, SpeculativeTokens, UnifiedFinishReason, Usage } from "@aiwatch/core";
import { defined, isObject, numberAt, valueAt } from "@aiwatch/core/adapter";

/** The counts and times that a server told for one choice of an answer. */
export type Counts = { -readonly [Name in keyof Usage]?: number | undefined };

/** What one answer has told so far. What it has not told is absent. */
export class Figures {
  model: string | undefined;
  id: string | undefined;
  /** Which server it shows itself to come from. */
  provider: string | undefined;
  finish: FinishReason | undefined;
  /** The type of an error that the answer tells in place of its rest. */
  failure: string | undefined;
  /** It told its end: `[DONE]`, `done: true`, `response.completed`, `message_stop`. */
  isOver = false;
  dimensions: number | undefined;
  speculation: SpeculativeTokens | undefined;
  /** Prompt tokens that the server evaluated. */
  prefilled: number | undefined;
  times: { -readonly [Name in keyof ServerTimes]: number } = {};
  #toolCalls = new Set<string>();
  #usages = new Map<number, Counts>();
  #timings = new Map<number, Counts>();
  #lastChoice = 0;
  #choices = 1;
  #finished = new Set<number>();
  #liveTokens: number | undefined;

  /** Functions that the answer calls, each once. */
  get toolCalls(): number {
    return this.#toolCalls.size;
  }

  /** The counts as its usage has them, else as its timings do: the output of all choices, where all of them are told. */
  get usage(): Usage {
    return defined<Usage>({ ...sumOf(this.#timings), ...sumOf(this.#usages) });
  }

  toolCalled(key: string): void {
    this.#toolCalls.add(key);
  }

  finished(unified: UnifiedFinishReason, raw: string): void {
    this.finish ??= { unified, raw };
    this.#finished.add(this.#lastChoice);
  }

  /** Whether it told its end, or that it failed. @param choices how many were asked for, each of which ends by itself */
  hasEnded(choices: number): boolean {
    return this.isOver || this.failure !== undefined || this.#finished.size >= choices;
  }

  /** The events that follow are of this choice. */
  choice(index: number): void {
    this.#lastChoice = index;
    if (index >= this.#choices) this.#choices = index + 1;
  }

  /** @param isWhole whether it counts all choices @param counts replaces what was told of the choice before */
  counted(counts: Counts, isWhole = true): void {
    this.#usages.set(isWhole ? 0 : this.#lastChoice, counts);
  }

  timed(counts: Counts): void {
    this.#timings.set(this.#lastChoice, counts);
  }

  /** Whether the server counts the tokens as they come. */
  get isLive(): boolean {
    return this.#liveTokens !== undefined;
  }

  /** @returns the tokens that the timings count more than they did at the last call */
  moreTokens(): number {
    const tokens = sumOf(this.#timings).outputTokens ?? 0;
    const more = tokens - (this.#liveTokens ?? 0);
    this.#liveTokens = Math.max(tokens, this.#liveTokens ?? 0);
    return more;
  }

  /** Whether more than one choice was told of: times of its own has each. */
  get hasChoices(): boolean {
    return this.#choices > 1;
  }
}

/** Each choice has the same prompt, and an output of its own. */
function sumOf(choices: ReadonlyMap<number, Counts>): Counts {
  const sum: Counts = {};
  for (const counts of choices.values()) {
    for (const name of ["outputTokens", "reasoningTokens"] as const) {
      const count = counts[name];
      if (count !== undefined) sum[name] = (sum[name] ?? 0) + count;
    }
    for (const name of ["promptTokens", "cachedPromptTokens"] as const) {
      const count = counts[name];
      if (count !== undefined) sum[name] ??= count;
    }
  }
  return sum;
}

/** A property that is a text and not empty. */
export function textAt(holder: object, name: string): string | undefined {
  const value: unknown = Reflect.get(holder, name);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A property that is a list. @returns an empty one for anything else */
export function listAt(holder: object, name: string): readonly unknown[] {
  const value: unknown = Reflect.get(holder, name);
  return Array.isArray(value) ? value : [];
}

/** A count that may stand in a usage: whole, not negative. */
export function countAt(holder: unknown, ...names: readonly string[]): number | undefined {
  const value = valueAt(holder, ...names);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A duration in milliseconds. */
export function durationAt(holder: object, name: string): number | undefined {
  const value = numberAt(holder, name);
  return value !== undefined && value >= 0 ? value : undefined;
}

/** Puts what is known into `into`. */
export function addKnown<Values extends object>(
  into: Values,
  values: { [Name in keyof Values]?: Values[Name] | undefined },
) {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) Reflect.set(into, name, value);
  return into;
}

/** The usage of an OpenAI-compatible answer, by either generation's names. */
export function usageOf(usage: object): Counts {
  return addKnown<Counts>(
    {},
    {
      promptTokens: countAt(usage, "prompt_tokens") ?? countAt(usage, "input_tokens"),
      cachedPromptTokens:
        countAt(usage, "prompt_tokens_details", "cached_tokens") ??
        countAt(usage, "input_tokens_details", "cached_tokens"),
      outputTokens: countAt(usage, "completion_tokens") ?? countAt(usage, "output_tokens"),
      reasoningTokens:
        countAt(usage, "completion_tokens_details", "reasoning_tokens") ??
        countAt(usage, "output_tokens_details", "reasoning_tokens"),
    },
  );
}

/** llama.cpp's own figures. Rates are left to be computed from counts and times. */
export function readTimings(event: object, figures: Figures): void {
  const timings = valueAt(event, "timings");
  if (!isObject(timings)) return;
  figures.provider = "llama.cpp";
  const [cached, evaluated] = [countAt(timings, "cache_n"), countAt(timings, "prompt_n")];
  figures.timed(
    addKnown<Counts>(
      {},
      {
        promptTokens: cached === undefined || evaluated === undefined ? undefined : cached + evaluated,
        cachedPromptTokens: cached,
        outputTokens: countAt(timings, "predicted_n"),
      },
    ),
  );
  if (evaluated !== undefined) figures.prefilled = evaluated;
  addKnown(figures.times, {
    promptEvalMs: durationAt(timings, "prompt_ms"),
    decodeMs: durationAt(timings, "predicted_ms"),
  });
}

/** An error that an answer holds in place of its rest. */
export function readError(event: object, figures: Figures): void {
  const error: unknown = Reflect.get(event, "error");
  if (typeof error !== "string" && !isObject(error)) return;
  figures.failure = failureOf(error);
}

/** The types of errors by the server's own word. */
function failureOf(error: string | object): string {
  const type = isObject(error) ? textAt(error, "type") : undefined;
  if (type === "exceed_context_size_error") return "context_overflow";
  if (type === "invalid_request_error") return "invalid_argument";
  return "engine_error";
}

/** What every OpenAI-compatible answer says of itself. */
export function readHead(event: object, figures: Figures): void {
  figures.model = textAt(event, "model") ?? figures.model;
  figures.id = textAt(event, "id") ?? figures.id;
  const fingerprint = textAt(event, "system_fingerprint");
  if (fingerprint === "fp_ollama") figures.provider = "ollama";
  else if (fingerprint !== undefined && /^b\d+-/.test(fingerprint)) figures.provider = "llama.cpp";
}
