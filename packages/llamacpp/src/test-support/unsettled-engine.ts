/** A sequence as node-llama-cpp's are, whose calls the test settles, or never: the real engine leaves some of them open by chance alone. */
export class UnsettledSequence {
  readonly nextTokenIndex = 0;
  readonly context: object;
  readonly model = { name: "tiny", tokenize: (text: string) => [...text] };
  readonly tokenMeter = { useTokens: (_tokens: number, _type: string) => {} };
  readonly onDispose = relay();
  disposed = false;
  /** Its calls' promises, in the test's hand. */
  readonly calls: { settle(value: unknown): void; fail(error: unknown): void }[] = [];

  constructor(context: object = {}) {
    this.context = context;
  }

  readonly call = (): Promise<unknown> =>
    new Promise((settle, fail) => {
      this.calls.push({ settle, fail });
    });

  readonly evaluateWithMetadata = (): AsyncGenerator<unknown> => generate(this.call);
  readonly evaluate = this.evaluateWithMetadata;
  readonly evaluateWithoutGeneratingNewTokens = this.call;
  readonly controlledEvaluate = this.call;

  dispose(): void {
    this.onDispose.dispatch();
    this.disposed = true;
  }
}

async function* generate(call: () => Promise<unknown>): AsyncGenerator<unknown> {
  for (;;) yield await call();
}

function relay() {
  const listeners = new Set<() => void>();
  return {
    createListener(listener: () => void) {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
    dispatch() {
      for (const listener of [...listeners]) listener();
    },
    get listenerCount() {
      return listeners.size;
    },
  };
}

type Options = { readonly signal?: AbortSignal; readonly functions?: object };
type Call = (options?: Options) => Promise<unknown>;

/** The calls of each kind of object that runs on a sequence. `observe` is given the object before it is called. */
export const unsettledCalls: Readonly<
  Record<string, (sequence: UnsettledSequence, observe: (target: object) => void) => Call>
> = {
  "a prompt": (sequence, observe) => {
    const session = sessionOn(sequence);
    observe(session);
    return (options) => session.promptWithMeta("Tell me", options);
  },
  "a prompt of a model that thinks": (sequence, observe) => {
    const thought = { prefix: "<think>", suffix: "</think>" };
    const session = { ...sessionOn(sequence), chatWrapper: { settings: { segments: { thought } } } };
    observe(session);
    return (options) => session.promptWithMeta("Tell me", options);
  },
  "a completion of a prompt, or its preload": (sequence, observe) => {
    const session = sessionOn(sequence);
    observe(session);
    return (options) => session.completePromptWithMeta("Tell me", options);
  },
  "an answer of a chat": (sequence, observe) => {
    const chat = { sequence, generateResponse: (_history: unknown, _options?: Options) => sequence.call() };
    observe(chat);
    return (options) => chat.generateResponse([], options);
  },
  "a completion": (sequence, observe) => {
    const completion = {
      _sequence: sequence,
      generateCompletionWithMeta: (_input: string, _options?: Options) => sequence.call(),
    };
    observe(completion);
    return (options) => completion.generateCompletionWithMeta("Tell me", options);
  },
  "an embedding": (sequence, observe) => {
    const context = { _sequence: sequence, getEmbeddingFor: (_input: string) => sequence.call() };
    observe(context);
    return () => context.getEmbeddingFor("Tell me");
  },
  "a ranking": (sequence, observe) => {
    const context = { _sequence: sequence, rank: (_query: string) => sequence.call(), rankAll: sequence.call };
    observe(context);
    return () => context.rank("Tell me");
  },
  "a bare evaluation": (sequence, observe) => {
    observe(sequence);
    return () => sequence.evaluateWithMetadata().next();
  },
  "an evaluation that generates nothing": (sequence, observe) => {
    observe(sequence);
    return () => sequence.evaluateWithoutGeneratingNewTokens();
  },
  "a controlled evaluation": (sequence, observe) => {
    observe(sequence);
    return () => sequence.controlledEvaluate();
  },
};

function sessionOn(sequence: UnsettledSequence) {
  return {
    sequence,
    promptWithMeta: (_prompt: string, _options?: Options) => sequence.call(),
    completePromptWithMeta: (_prompt: string, _options?: Options) => sequence.call(),
  };
}
