import type { Aiwatch, SpeculativeTokens } from "@aiwatch/core";
import type { Variant } from "@aiwatch/tiny-model";
import {
  type ChatWrapper,
  LlamaChat,
  type LlamaChatResponseChunk,
  LlamaChatSession,
  LlamaCompletion,
  type LlamaContextOptions,
  type LlamaContextSequence,
  type LlamaModel,
  resolveChatWrapper,
  type Token,
  type TokenPredictor,
} from "node-llama-cpp";
import type { Instrumentable } from "../../engine/types.ts";
import { instrumentModel, uninstrument } from "../../instrument-model.ts";
import { llama, loadTinyModel, tinyModel } from "../engine.ts";
import { keepLedger, type Ledger } from "./ledger.ts";

/** What is given to `instrumentModel`: nothing, one of the objects, or all of them and the caller twice. */
export type Way = "bare" | "caller" | "sequence" | "context" | "model" | "llama" | "all";

/** The ways that observe a bare sequence, too. */
export const sequenceWays = ["sequence", "context", "model", "llama", "all"] as const satisfies readonly Way[];
/** The ways that observe a call. */
export const callWays = ["caller", ...sequenceWays] as const satisfies readonly Way[];

/** Told once for each variant: that takes the engine a third of a second. */
const wrappers = new Map<Variant, ChatWrapper>();

/** For rows of hundreds of tokens. */
export const fewWays = ["sequence", "model", "all"] as const satisfies readonly Way[];

const classes = [LlamaChatSession, LlamaChat, LlamaCompletion].map(({ prototype }) => prototype);
const untouched = classes.map((prototype) => Object.getOwnPropertyDescriptors(prototype));

/** Makes the engine's objects for one run, observed in one way, and takes all away again. */
export class Stage {
  readonly delivered: Token[] = [];
  readonly sequences: LlamaContextSequence[] = [];
  /** Tokens of the chunks that `onResponseChunk` was told to be thought. */
  thoughtTokens = 0;
  /** The sequence's statistics of drafted tokens, each time that `readPredictions` was called. */
  readonly predictions: Required<SpeculativeTokens>[] = [];
  /** By sequence, of a bare run. */
  readonly ledgers: Ledger[] = [];
  /** Called each time that a decode is asked for. */
  onDecode = () => {};
  readonly way: Way;
  readonly #aiwatch: Aiwatch;
  readonly #variant: Variant;
  readonly #made: object[] = [];
  readonly #watched: object[] = [];
  readonly #disposals: (() => Promise<void>)[] = [];
  #model: Promise<LlamaModel> | undefined;

  constructor(way: Way, aiwatch: Aiwatch, variant: Variant) {
    this.way = way;
    this.#aiwatch = aiwatch;
    this.#variant = variant;
  }

  model(): Promise<LlamaModel> {
    this.#model ??= this.#load();
    return this.#model;
  }

  async context(options: LlamaContextOptions = {}) {
    const model = await this.model();
    const dispatchSchedule = (dispatch: () => void) => {
      this.onDecode();
      setImmediate(dispatch);
    };
    const context = await model.createContext({
      contextSize: 512,
      threads: 1,
      batching: { dispatchSchedule },
      ...options,
    });
    this.#disposals.push(() => context.dispose());
    return this.#make("context", context);
  }

  /** A sequence of a context of its own, unless one is given. */
  async sequence(options: { context?: LlamaContextOptions; tokenPredictor?: TokenPredictor } = {}) {
    const context = await this.context(options.context);
    const { tokenPredictor } = options;
    return this.sequenceOf(context, tokenPredictor);
  }

  /** A sequence that drafts for another one: in the background, so that what it holds in the end is nobody's business. */
  async draft() {
    const context = await this.context();
    return this.#make("sequence", context.getSequence());
  }

  sequenceOf(context: Awaited<ReturnType<Stage["context"]>>, tokenPredictor?: TokenPredictor) {
    const sequence = context.getSequence(tokenPredictor === undefined ? {} : { tokenPredictor });
    this.sequences.push(sequence);
    if (this.way === "bare") this.ledgers.push(keepLedger(sequence));
    return this.#make("sequence", sequence);
  }

  async session(contextSequence?: LlamaContextSequence) {
    return this.caller(new LlamaChatSession(this.#talking(contextSequence ?? (await this.sequence()))));
  }

  async chat(contextSequence?: LlamaContextSequence) {
    return this.caller(new LlamaChat(this.#talking(contextSequence ?? (await this.sequence()))));
  }

  async completion(contextSequence?: LlamaContextSequence) {
    return this.caller(new LlamaCompletion({ contextSequence: contextSequence ?? (await this.sequence()) }));
  }

  async embedding() {
    const context = await (await this.model()).createEmbeddingContext({ threads: 1, contextSize: 512 });
    return this.#ranOn(context);
  }

  async ranking() {
    const context = await (await this.model()).createRankingContext({ threads: 1, contextSize: 512 });
    return this.#ranOn(context);
  }

  caller<Caller extends Instrumentable>(caller: Caller): Caller {
    return this.#make("caller", caller);
  }

  /** The listener, for callbacks: keeps what was delivered, and does `action` once there were that many. */
  onToken(count = Number.POSITIVE_INFINITY, action: () => void = () => {}) {
    return (tokens: readonly Token[]) => {
      this.delivered.push(...tokens);
      if (this.delivered.length >= count) action();
    };
  }

  /** The listener, for chunks: adds up what is thought, and does `action` once it was that much. */
  onResponseChunk(count = Number.POSITIVE_INFINITY, action: () => void = () => {}) {
    return ({ segmentType, tokens }: LlamaChatResponseChunk) => {
      if (segmentType === "thought") this.thoughtTokens += tokens.length;
      if (this.thoughtTokens >= count) action();
    };
  }

  readPredictions(sequence: LlamaContextSequence): void {
    const { used, unused, refuted } = sequence.tokenPredictions;
    this.predictions.push({ used, unused, refuted });
  }

  /**
   * Ends the observation and disposes of everything.
   * @returns what of ours is left on any of the objects, or on the engine's classes
   */
  async strike(): Promise<string[]> {
    for (const watched of this.#watched.splice(0).reverse()) uninstrument(watched);
    const left = [...this.#made.flatMap(patchesOf), ...classes.flatMap((_, index) => changesOf(index))];
    for (const dispose of this.#disposals.splice(0).reverse()) await dispose();
    return left;
  }

  async #load(): Promise<LlamaModel> {
    this.#make("llama", await llama());
    // of all objects, each is given by itself: only the Llama alone has to load its model
    if (this.way !== "llama") return this.#make("model", await tinyModel(this.#variant));
    const model = await loadTinyModel(this.#variant);
    this.#disposals.push(() => model.dispose());
    return this.#make("model", model);
  }

  #talking(contextSequence: LlamaContextSequence) {
    const chatWrapper = wrappers.get(this.#variant) ?? resolveChatWrapper(contextSequence.model);
    wrappers.set(this.#variant, chatWrapper);
    return { contextSequence, chatWrapper };
  }

  #ranOn<Context extends Instrumentable & { dispose(): Promise<void> }>(context: Context): Context {
    const sequence = Reflect.get(context, "_sequence") as LlamaContextSequence;
    this.sequences.push(sequence);
    if (this.way === "bare") this.ledgers.push(keepLedger(sequence));
    this.#disposals.push(() => context.dispose());
    return this.caller(context);
  }

  #make<Target extends Instrumentable>(level: Way, target: Target): Target {
    this.#made.push(target);
    if (this.way !== level && this.way !== "all") return target;
    this.#watched.push(target);
    const times = this.way === "all" && level === "caller" ? 2 : 1;
    for (let time = 0; time < times; time++) instrumentModel(target, { aiwatch: this.#aiwatch });
    return target;
  }
}

/** Own methods that enumeration does not show are ours: the engine has none. */
function patchesOf(target: object): string[] {
  const own = Object.entries(Object.getOwnPropertyDescriptors(target));
  return own
    .filter(([, { enumerable, value }]) => enumerable === false && typeof value === "function")
    .map(([name]) => name);
}

function changesOf(index: number): string[] {
  const before = untouched[index]!;
  const now = Object.entries(Object.getOwnPropertyDescriptors(classes[index]!));
  return now.filter(([name, { value }]) => Reflect.get(before, name)?.value !== value).map(([name]) => name);
}
