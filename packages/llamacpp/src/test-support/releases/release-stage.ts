import type { Aiwatch } from "@aiwatch/core";
import { type Instrumentable, instrumentModel, uninstrument } from "@aiwatch/llamacpp";
import { ensureTinyModel, type Variant } from "@aiwatch/tiny-model";
import type {
  ChatWrapper,
  Llama,
  LlamaContext,
  LlamaContextOptions,
  LlamaContextSequence,
  LlamaModel,
  Token,
  TokenPredictor,
} from "node-llama-cpp";
import { keepNativeLedger, type NativeLedger, noteEvaluations } from "./native-ledger.ts";
import type { Way } from "./played.ts";

/** A release's own module. Its members are those that all releases of the range have. */
export type Engine = typeof import("node-llama-cpp");

export const engineOptions = { gpu: false, build: "never", maxThreads: 1 } as const;

/** Makes a release's objects for one run, observed in one way, and takes all away again. */
export class ReleaseStage {
  readonly engine: Engine;
  readonly llama: Llama;
  readonly delivered: Token[] = [];
  readonly sequences: LlamaContextSequence[] = [];
  readonly native: NativeLedger[] = [];
  readonly #way: Way;
  readonly #aiwatch: Aiwatch;
  readonly #variant: Variant;
  readonly #made: object[] = [];
  readonly #watched: object[] = [];
  readonly #disposals: (() => Promise<void>)[] = [];
  #model: Promise<LlamaModel> | undefined;

  constructor(engine: Engine, llama: Llama, way: Way, aiwatch: Aiwatch, variant: Variant) {
    this.engine = engine;
    this.llama = llama;
    this.#way = way;
    this.#aiwatch = aiwatch;
    this.#variant = variant;
  }

  model(): Promise<LlamaModel> {
    this.#model ??= this.load(this.make("llama", this.llama));
    return this.#model;
  }

  async load(llama: Llama): Promise<LlamaModel> {
    const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant: this.#variant }) });
    this.#disposals.push(() => model.dispose());
    return this.make("model", model);
  }

  async context(options: LlamaContextOptions = {}): Promise<LlamaContext> {
    return this.contextOf(await this.model(), options);
  }

  async contextOf(model: LlamaModel, options: LlamaContextOptions = {}): Promise<LlamaContext> {
    const context = await model.createContext({ contextSize: 512, threads: 1, ...options });
    this.#disposals.push(() => context.dispose());
    this.#keepLedger(context);
    return this.make("context", context);
  }

  /** A sequence of a context of its own, unless one is given. */
  async sequence(given?: LlamaContext, tokenPredictor?: TokenPredictor): Promise<LlamaContextSequence> {
    const context = given ?? (await this.context());
    const sequence = context.getSequence(tokenPredictor === undefined ? {} : { tokenPredictor });
    this.sequences.push(sequence);
    if (this.#way === "bare") noteEvaluations(sequence);
    return this.make("sequence", sequence);
  }

  /** @param chatWrapper `auto` takes the wrapper that fits the model's template, and a quarter of a second to find it */
  async session(
    sequence?: LlamaContextSequence,
    chatWrapper: ChatWrapper | "auto" = new this.engine.ChatMLChatWrapper(),
  ) {
    const contextSequence = sequence ?? (await this.sequence());
    return this.make("caller", new this.engine.LlamaChatSession({ contextSequence, chatWrapper }));
  }

  async chat() {
    const { LlamaChat, ChatMLChatWrapper } = this.engine;
    const contextSequence = await this.sequence();
    return this.make("caller", new LlamaChat({ contextSequence, chatWrapper: new ChatMLChatWrapper() }));
  }

  async completion() {
    const { LlamaCompletion } = this.engine;
    return this.make("caller", new LlamaCompletion({ contextSequence: await this.sequence() }));
  }

  /** A context that its model makes for one purpose: for embeddings, ranking or decisions. */
  async purpose<Made extends Instrumentable & { dispose(): Promise<void> }>(making: Promise<Made>): Promise<Made> {
    const made = await making;
    this.#disposals.push(() => made.dispose());
    this.#keepLedger(Reflect.get(made, "_llamaContext") as LlamaContext);
    return this.make("caller", made);
  }

  /** The listener, for callbacks: keeps what was delivered, and does `action` once there were that many. */
  onToken(count = Number.POSITIVE_INFINITY, action: () => void = () => {}) {
    return (tokens: readonly Token[]) => {
      this.delivered.push(...tokens);
      if (this.delivered.length >= count) action();
    };
  }

  make<Target extends Instrumentable>(level: Way, target: Target): Target {
    this.#made.push(target);
    if (this.#way !== level) return target;
    this.#watched.push(target);
    return instrumentModel(target, { aiwatch: this.#aiwatch });
  }

  /** Ends the observation. */
  unwatch(): void {
    for (const watched of this.#watched.splice(0).reverse()) uninstrument(watched);
  }

  /**
   * Ends the observation and disposes of everything.
   * @returns what of ours is left on any of the objects
   */
  async strike(): Promise<string[]> {
    this.unwatch();
    const left = this.#made.flatMap(patchesOf);
    for (const dispose of this.#disposals.splice(0).reverse()) await dispose();
    return left;
  }

  #keepLedger(context: LlamaContext): void {
    if (this.#way === "bare") this.native.push(keepNativeLedger(context));
  }
}

/** Own methods that enumeration does not show are ours: the engine has none. */
function patchesOf(target: object): string[] {
  const own = Object.entries(Object.getOwnPropertyDescriptors(target));
  const ours = own.filter(([, { enumerable, value }]) => enumerable === false && typeof value === "function");
  return ours.map(([name]) => name);
}
