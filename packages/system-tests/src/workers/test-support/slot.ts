import { type ChatWrapper, LlamaChatSession, type LlamaContext, type LlamaModel } from "node-llama-cpp";

export interface SlotEvents {
  /** The chat waits to go on. */
  held(slot: Slot): void;
  /** llama.cpp sampled a token. */
  sampled(): void;
  /** llama.cpp was given so many tokens of a prompt. */
  prompted(tokens: number): void;
}

type Native = Record<"sampleToken" | "addToBatch", (...args: unknown[]) => unknown>;

/** A context for one chat at a time, which can be held between two of its tokens. */
export class Slot {
  readonly #context: LlamaContext;
  readonly #chatWrapper: ChatWrapper;
  readonly #events: SlotEvents;
  readonly #sequence;
  /** Of the chat under way. */
  #sampled = 0;
  #holdAfter = Number.POSITIVE_INFINITY;
  #goOn: () => void = () => {};

  private constructor(context: LlamaContext, chatWrapper: ChatWrapper, events: SlotEvents) {
    this.#context = context;
    this.#chatWrapper = chatWrapper;
    this.#events = events;
    this.#sequence = context.getSequence();
    this.#countNatively();
  }

  static async open(model: LlamaModel, chatWrapper: ChatWrapper, events: SlotEvents): Promise<Slot> {
    const dispatchSchedule = (dispatch: () => void) => slot.#schedule(dispatch);
    // where all sequences wait, the engine asks nobody
    const sequences = 2;
    const context = await model.createContext({
      contextSize: 1024,
      threads: 1,
      sequences,
      batching: { dispatchSchedule },
    });
    const slot = new Slot(context, chatWrapper, events);
    return slot;
  }

  /** @throws `signal.reason` */
  async chat(
    tokens: number,
    holdAfter: number | undefined,
    signal: AbortSignal,
    said: (text: string) => void,
  ): Promise<void> {
    this.#sampled = 0;
    this.#holdAfter = holdAfter ?? Number.POSITIVE_INFINITY;
    await this.#sequence.clearHistory();
    const session = new LlamaChatSession({ contextSequence: this.#sequence, chatWrapper: this.#chatWrapper });
    try {
      await session.prompt("Tell me about the local model", { maxTokens: tokens, signal, onTextChunk: said });
    } finally {
      session.dispose({ disposeSequence: false });
    }
  }

  goOn(): void {
    this.#holdAfter = Number.POSITIVE_INFINITY;
    this.#goOn();
    this.#goOn = () => {};
  }

  /** The engine asks here before each of its batches: what was sampled by then was handed on. */
  #schedule(dispatch: () => void): void {
    const next = () => void setImmediate(dispatch);
    if (this.#sampled >= this.#holdAfter) {
      this.#goOn = next;
      this.#events.held(this);
    } else next();
  }

  #countNatively(): void {
    const native: Native = Reflect.get(this.#context, "_ctx");
    const { sampleToken, addToBatch } = native;
    // they may not be assigned to
    const sample = async (...args: unknown[]) => {
      const token = await sampleToken.apply(native, args);
      this.#sampled += 1;
      this.#events.sampled();
      return token;
    };
    const add = (...args: unknown[]) => {
      const [, , tokens] = args as [unknown, unknown, Uint32Array];
      if (this.#sampled === 0) this.#events.prompted(tokens.length);
      return addToBatch.apply(native, args);
    };
    Object.defineProperties(native, { sampleToken: { value: sample }, addToBatch: { value: add } });
  }
}
