import { inspect } from "node:util";

/** A bad option or a place that cannot be written; the message quotes the value and says what to do. */
export class TinyModelError extends Error {
  override readonly name = "TinyModelError";
  readonly code: "ERR_TINY_MODEL_OPTION" | "ERR_TINY_MODEL_WRITE";

  constructor(code: TinyModelError["code"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const variants = ["chat", "endless", "functions", "tools", "thinking", "embedding", "ranking"] as const;

export type Variant = (typeof variants)[number];

export interface TinyModelOptions {
  /**
   * What the model is for: `chat` answers with some sentences and stops; `endless` speaks the same and never stops by itself; `functions` calls
   * a function once for each message that comes with functions, and then answers like `chat`, in node-llama-cpp's words; `tools` does so in the
   * words that servers read; `thinking` puts a short thought before each answer,
   * as a segment; `embedding` makes vectors that are alike for texts with words or synonyms in common; `ranking` scores documents by how much of
   * them the query names.
   * @default "chat"
   */
  readonly variant?: Variant;
  /**
   * The file's `general.name`.
   * @default `tiny-` and the variant
   */
  readonly name?: string;
  /**
   * The context length that the file claims to be trained for, in tokens; at least 64.
   * @default 4096
   */
  readonly contextLength?: number;
  /**
   * How many sentences an answer of the `chat`, `functions`, `tools` and `thinking` variants has on average, its first exclamation not counted; 2 to 100.
   * The others do not look at it. Above about 6, an end is less likely than another sentence, and greedy decoding does not stop by itself.
   * @default 5
   */
  readonly sentences?: number;
  /**
   * How wide the feed-forward part of a generating model is, a multiple of 32. Its weights are zero and change no word; they
   * are computed all the same, so that a wide model speaks at the pace of a large one: 131072 makes a file of 36 MB.
   * @default 32
   */
  readonly feedForward?: number;
}

export type ResolvedOptions = Required<TinyModelOptions>;

/** Fills in the defaults; throws a `TinyModelError` on what no model can be made of. */
export function resolveOptions(options: TinyModelOptions = {}): ResolvedOptions {
  const { variant = "chat" } = options;
  if (!variants.includes(variant)) throw optionError("variant", variant, `give one of ${variants.join(", ")}`);
  const { name = `tiny-${variant}`, contextLength = 4096, sentences = 5, feedForward = 32 } = options;
  if (typeof name !== "string" || name.trim() === "") throw optionError("name", name, "give a text that is not empty");
  if (!Number.isInteger(contextLength) || contextLength < 64 || contextLength > 1_048_576) {
    throw optionError("contextLength", contextLength, "give a whole number from 64 to 1048576");
  }
  if (!(sentences >= 2 && sentences <= 100)) throw optionError("sentences", sentences, "give a number from 2 to 100");
  if (!Number.isInteger(feedForward / 32) || feedForward < 32 || feedForward > 1_048_576) {
    throw optionError("feedForward", feedForward, "give a multiple of 32, up to 1048576");
  }
  return { variant, name, contextLength, sentences, feedForward };
}

function optionError(option: string, value: unknown, remedy: string): TinyModelError {
  return new TinyModelError("ERR_TINY_MODEL_OPTION", `${option} is ${inspect(value)}: ${remedy}`);
}
