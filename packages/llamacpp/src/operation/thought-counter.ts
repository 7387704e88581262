import { isObject } from "@aiwatch/core/adapter";

/** How a model's template marks its thoughts, in tokens. */
export interface ThoughtMarks {
  readonly prefix: readonly number[] | undefined;
  readonly suffix: readonly number[] | undefined;
  /** Whether an answer begins inside a thought, which the template opened in the prompt. */
  readonly opensAtStart: boolean;
}

/** A place in a sequence of tokens that is being matched. */
class Match {
  readonly length: number;
  readonly #tokens: readonly number[];
  /** For each length matched so far, how much of the mark its end is the beginning of: a mark may repeat itself. */
  readonly #again: readonly number[];
  #matched = 0;

  constructor(tokens: readonly number[] = []) {
    this.#tokens = tokens;
    this.#again = tokens.map((_, last) => repetitionIn(tokens.slice(0, last + 1)));
    this.length = tokens.length;
  }

  /** How many of the last tokens may be its beginning. */
  get matched(): number {
    return this.#matched;
  }

  /** @returns whether `token` completes it */
  take(token: unknown): boolean {
    if (this.length === 0) return false;
    while (this.#matched > 0 && token !== this.#tokens[this.#matched]) {
      this.#matched = this.#again[this.#matched - 1] as number;
    }
    if (token === this.#tokens[this.#matched]) this.#matched += 1;
    if (this.#matched < this.length) return false;
    this.#matched = 0;
    return true;
  }
}

/** The length of the longest beginning of `tokens` that is their end, too, and not the whole of them. */
function repetitionIn(tokens: readonly number[]): number {
  for (let length = tokens.length - 1; length > 0; length -= 1) {
    const end = tokens.slice(-length);
    if (end.every((token, index) => token === tokens[index])) return length;
  }
  return 0;
}

/**
 * Counts the tokens that a model thinks in, as they come: those between the marks of its template. What the engine puts in by itself, such as
 * the end of a thought whose budget is used up, comes by `evaluated` and counts nothing.
 */
export class ThoughtCounter {
  count = 0;
  /** Tokens of thoughts and their marks: those that are no part of the answer. */
  hidden = 0;
  /** Whether the last token is one of these. */
  hidesLast = false;
  readonly #prefix: Match;
  readonly #suffix: Match;
  #inside: boolean;

  constructor({ prefix, suffix, opensAtStart }: ThoughtMarks) {
    this.#prefix = new Match(prefix);
    this.#suffix = new Match(suffix);
    this.#inside = opensAtStart;
  }

  /** Those that stay counted whatever comes next: the last ones may turn out to be the mark that ends the thought. */
  get certain(): number {
    return this.#inside ? Math.max(0, this.count - this.#suffix.matched) : this.count;
  }

  /** A generated token. */
  add(token: unknown): void {
    if (!this.#inside) {
      this.#inside = this.#prefix.take(token);
      this.hidesLast = this.#inside;
      if (this.#inside) this.hidden += this.#prefix.length;
      return;
    }
    this.hidesLast = true;
    this.hidden += 1;
    this.count += 1;
    if (!this.#suffix.take(token)) return;
    this.count -= this.#suffix.length;
    this.#inside = false;
  }

  /** Tokens that the engine evaluates in the midst of an answer. */
  evaluated(tokens: readonly unknown[]): void {
    for (const token of tokens) {
      if (this.#inside) this.#inside = !this.#suffix.take(token);
      else this.#inside = this.#prefix.take(token);
    }
  }
}

/** By the chat wrapper, which an app may keep for the models to come; null where it knows no thoughts. */
const marksOf = new WeakMap<object, { readonly model: WeakRef<object>; readonly marks: ThoughtMarks | null }>();

/** A counter for a call of a session or chat; `undefined` where its template has no thoughts. */
export function thoughtCounterOf(caller: object, { model }: { readonly model: object }): ThoughtCounter | undefined {
  const wrapper: unknown = "chatWrapper" in caller ? caller.chatWrapper : undefined;
  if (!isObject(wrapper)) return undefined;
  const known = marksOf.get(wrapper);
  const isKnown = known?.model.deref() === model;
  const marks = isKnown ? known.marks : readMarks(wrapper, model);
  if (!isKnown) marksOf.set(wrapper, { model: new WeakRef(model), marks });
  return marks === null ? undefined : new ThoughtCounter(marks);
}

function readMarks(wrapper: object, model: object): ThoughtMarks | null {
  const settings: unknown = Reflect.get(wrapper, "settings");
  const segments: unknown = isObject(settings) ? Reflect.get(settings, "segments") : undefined;
  const thought: unknown = isObject(segments) ? Reflect.get(segments, "thought") : undefined;
  if (!isObject(thought)) return null;
  const prefix: unknown = Reflect.get(thought, "prefix");
  const openedOnStart = isObject(prefix) && Reflect.get(prefix, "type") === "openedOnStart";
  return {
    prefix: openedOnStart ? undefined : tokensOf(prefix, model),
    suffix: tokensOf(Reflect.get(thought, "suffix"), model),
    opensAtStart: openedOnStart || Reflect.get(thought, "openOnResponseStart") === true,
  };
}

/** A mark is a text, or a `LlamaText` that can be made tokens. */
function tokensOf(mark: unknown, model: object): readonly number[] | undefined {
  const [holder, input] = isObject(mark) ? [mark, Reflect.get(model, "tokenizer")] : [model, mark];
  const tokenize: unknown = Reflect.get(holder, "tokenize");
  if (typeof tokenize !== "function" || input === undefined) return undefined;
  const tokens: unknown = Reflect.apply(tokenize, holder, [input]);
  return Array.isArray(tokens) ? tokens : undefined;
}
