import type { FinishReason, ServerTimes, SpeculativeTokens, UnifiedFinishReason, Usage } from "@aiwatch/core";
import { defined, isObject, numberAt, valueAt } from "@aiwatch/core/adapter";

/** Counts that a server told. */
export type Counts = { -readonly [Name in keyof Usage]?: number | undefined };

/** Times that a server told, in milliseconds. */
type Times = { -readonly [Name in keyof ServerTimes]?: number | undefined };

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
  /** Whether it came in one piece. */
  isWhole = false;
  /** The length of an embedding. */
  dimensions: number | undefined;
  /** Prompt tokens that the server evaluated. */
  prefilled: number | undefined;
  /** What became of the tokens of a draft model. */
  speculated: SpeculativeTokens | undefined;
  /** By their place in the answer, the ids that were told there. */
  #toolCalls: Map<string, Set<string>> | undefined;
  readonly #finished = new Set<number>();
  /** By the choice that they are of; 0 where they are of all. */
  readonly #usages = new Map<number, Counts>();
  readonly #timings = new Map<number, Counts>();
  readonly #times: Times = {};
  readonly #expected: number;
  readonly #hasPrompts: boolean;
  #choice = 0;
  #choices = 1;
  #liveTokens: number | undefined;

  /**
   * @param choices how many were asked for, each of which ends by itself
   * @param hasPrompts whether it answers several prompts
   */
  constructor(choices = 1, hasPrompts = false) {
    this.#expected = choices;
    this.#hasPrompts = hasPrompts;
  }

  /** The events that follow are of this choice. */
  chose(index: number): void {
    this.#choice = index;
    this.#choices = Math.max(this.#choices, index + 1);
  }

  /** @param raw the server's own word */
  finished(unified: UnifiedFinishReason, raw: string): void {
    this.finish ??= { unified, raw };
    this.#finished.add(this.#choice);
  }

  /**
   * A function was called.
   * @param place tells the calls of the answer apart
   * @param id tells calls apart that a server puts at the same place
   */
  toolCalled(place: string, id?: string): void {
    this.#toolCalls ??= new Map();
    const ids = this.#toolCalls.get(place) ?? new Set();
    if (id !== undefined) ids.add(id);
    this.#toolCalls.set(place, ids);
  }

  /** The usage of the answer, or of the choice alone. What it does not tell stays as it was. */
  counted(counts: Counts, isOfChoice = false): void {
    add(this.#usages, isOfChoice ? this.#choice : 0, counts);
  }

  /** Counts of the choice that the server took with its times. */
  timed(counts: Counts): void {
    add(this.#timings, this.#choice, counts);
  }

  took(times: Times): void {
    Object.assign(this.#times, defined(times));
  }

  /** Functions that the answer calls, each once. */
  get toolCalls(): number {
    let count = 0;
    for (const ids of this.#toolCalls?.values() ?? []) count += Math.max(1, ids.size);
    return count;
  }

  /** As its usage has them, else as its timings do: the output of all choices. */
  get usage(): Usage {
    const counts = { ...sumOf(this.#timings), ...sumOf(this.#usages) };
    // llama.cpp counts each choice with its prompt, and in one piece one choice alone: what all of them are is not told
    const isOfChoice = this.provider === "llama.cpp" && this.hasChoices;
    if (isOfChoice && this.isWhole) counts.outputTokens = undefined;
    // vLLM counts each choice as it comes, and all of them at the end
    if (!isOfChoice && this.hasChoices && !this.isWhole && !this.isOver) counts.outputTokens = undefined;
    if (isOfChoice && this.#hasPrompts) counts.promptTokens = counts.cachedPromptTokens = undefined;
    return defined<Usage>(counts);
  }

  /** Absent where there is more than one choice, each with times of its own. */
  get times(): ServerTimes {
    return this.hasChoices ? {} : defined<ServerTimes>(this.#times);
  }

  /** Whether it is of more than one choice. */
  get hasChoices(): boolean {
    return this.#choices > 1;
  }

  /** Whether it told its end, or that it failed. */
  get hasEnded(): boolean {
    return this.isOver || this.failure !== undefined || this.#finished.size >= this.#expected;
  }

  /** Whether the server counts the tokens as they come. */
  get isLive(): boolean {
    return this.#liveTokens !== undefined;
  }

  /** @returns the tokens that the timings count more than they did at the last call */
  moreTokens(): number {
    const before = this.#liveTokens ?? 0;
    this.#liveTokens = Math.max(sumOf(this.#timings).outputTokens ?? 0, before);
    return this.#liveTokens - before;
  }
}

function add(all: Map<number, Counts>, choice: number, counts: Counts): void {
  all.set(choice, { ...all.get(choice), ...defined(counts) });
}

/** Each choice has the same prompt, and an output of its own. */
function sumOf(choices: ReadonlyMap<number, Counts>): Counts {
  const sum: Counts = {};
  for (const { promptTokens, cachedPromptTokens, outputTokens, reasoningTokens } of choices.values()) {
    sum.promptTokens ??= promptTokens;
    sum.cachedPromptTokens ??= cachedPromptTokens;
    if (outputTokens !== undefined) sum.outputTokens = (sum.outputTokens ?? 0) + outputTokens;
    if (reasoningTokens !== undefined) sum.reasoningTokens = (sum.reasoningTokens ?? 0) + reasoningTokens;
  }
  return defined<Counts>(sum);
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

/** What may stand as a count: whole, and not negative. */
export function countAt(holder: unknown, ...names: readonly string[]): number | undefined {
  const value = valueAt(holder, ...names);
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A duration. */
function durationAt(holder: object, name: string): number | undefined {
  const value = numberAt(holder, name);
  return value !== undefined && value >= 0 ? value : undefined;
}

/** What every OpenAI-compatible answer says of itself. */
export function readHead(event: object, figures: Figures): void {
  figures.model = textAt(event, "model") ?? figures.model;
  figures.id = textAt(event, "id") ?? figures.id;
  const fingerprint = textAt(event, "system_fingerprint");
  if (fingerprint === "fp_ollama") figures.provider = "ollama";
  else if (fingerprint !== undefined && /^b\d+-/.test(fingerprint)) figures.provider = "llama.cpp";
}

/** An error that an answer holds in place of its rest. */
export function readError(event: object, figures: Figures): void {
  const error: unknown = Reflect.get(event, "error");
  const isTold = isObject(error) || (typeof error === "string" && error !== "");
  if (!isTold && Reflect.get(event, "object") !== "error") return;
  const type = isObject(error) ? textAt(error, "type") : undefined;
  figures.failure = failures.get(type) ?? "engine_error";
}

const failures: ReadonlyMap<unknown, string> = new Map([
  ["exceed_context_size_error", "context_overflow"],
  ["invalid_request_error", "invalid_argument"],
  ["overloaded_error", "unavailable"],
  ["rate_limit_error", "rate_limited"],
]);

/** The usage of an OpenAI-compatible answer. */
export function readUsage(event: object, figures: Figures): void {
  const usage = valueAt(event, "usage");
  if (isObject(usage)) figures.counted(usageOf(usage));
}

/** The counts of a usage, by the names of either generation of APIs. */
export function usageOf(usage: object): Counts {
  const either = (...names: readonly [string, string, ...string[]]) => {
    const [older, newer, ...path] = names;
    return countAt(usage, older, ...path) ?? countAt(usage, newer, ...path);
  };
  const promptTokens = either("prompt_tokens", "input_tokens");
  // a prompt has tokens: who tells of none does not count
  if (promptTokens === 0) return {};
  return {
    promptTokens,
    cachedPromptTokens: either("prompt_tokens_details", "input_tokens_details", "cached_tokens"),
    outputTokens: either("completion_tokens", "output_tokens"),
    reasoningTokens: either("completion_tokens_details", "output_tokens_details", "reasoning_tokens"),
  };
}

/** llama.cpp's own figures. Rates are left to be computed from counts and times. */
export function readTimings(event: object, figures: Figures): void {
  const timings = valueAt(event, "timings");
  if (!isObject(timings)) return;
  figures.provider = "llama.cpp";
  const cached = countAt(timings, "cache_n");
  const evaluated = countAt(timings, "prompt_n");
  figures.timed({
    promptTokens: cached === undefined || evaluated === undefined ? undefined : cached + evaluated,
    cachedPromptTokens: cached,
    outputTokens: countAt(timings, "predicted_n"),
  });
  figures.took({ promptEvalMs: durationAt(timings, "prompt_ms"), decodeMs: durationAt(timings, "predicted_ms") });
  figures.prefilled = evaluated ?? figures.prefilled;
  const drafted = countAt(timings, "draft_n");
  const used = countAt(timings, "draft_n_accepted");
  if (drafted === undefined || used === undefined || used > drafted) return;
  figures.speculated = { used, refuted: drafted - used };
}

/** vLLM's own times, which it tells where it runs with `--enable-per-request-metrics`. Its time to first token begins behind its queue. */
export function readMetrics(event: object, figures: Figures): void {
  const metrics = valueAt(event, "metrics");
  if (!isObject(metrics)) return;
  figures.took({
    queueMs: durationAt(metrics, "queue_time_ms"),
    promptEvalMs: durationAt(metrics, "time_to_first_token_ms"),
    decodeMs: durationAt(metrics, "generation_time_ms"),
  });
}
