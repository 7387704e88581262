import { type AdapterHost, isObject, once, patchDirectly, processWide, type Undo } from "@aiwatch/core/adapter";

type RecordBatch = (tokens: number) => void;

interface Listener {
  readonly record: RecordBatch;
  holders: number;
}

/** What a context decodes: how many observed operations at the moment, and with how many tokens in each native batch. */
export class ContextActivity {
  /** Observed operations that are being evaluated at the moment. */
  running = 0;
  /** For operations, which must not hold the context: made once, since each weak reference is work for the garbage collector. */
  readonly weak = new WeakRef<ContextActivity>(this);
  readonly #context: object;
  /** By what the board of a registry shows, which its instances share, then by the model's name. */
  readonly #listeners = new Map<object, Map<string, Listener>>();
  /** All of the listeners, as a batch finds them. */
  #recorders: readonly RecordBatch[] = [];
  #untap: Undo | undefined;

  constructor(context: object) {
    this.#context = context;
  }

  /** Records each batch's tokens under a model's name. However many listen for the same, it is recorded once. */
  listen(host: AdapterHost, model: string): Undo {
    const { diagnostics } = host;
    const { board } = host;
    const models = this.#listeners.get(board) ?? new Map<string, Listener>();
    const listener = models.get(model) ?? { record: recorderOf(host, model), holders: 0 };
    const tap = () => tapBatches(this.#context, (tokens) => this.#decodes(tokens));
    this.#untap ??= diagnostics.guard("adapter", "tapping a context's batches", tap);
    this.#listeners.set(board, models);
    models.set(model, listener);
    listener.holders += 1;
    this.#recorders = this.#allRecorders();
    return once(() => {
      listener.holders -= 1;
      if (listener.holders > 0) return;
      models.delete(model);
      if (models.size === 0) this.#listeners.delete(board);
      this.#recorders = this.#allRecorders();
      if (this.#listeners.size > 0) return;
      this.#untap?.();
      this.#untap = undefined;
    });
  }

  #allRecorders(): readonly RecordBatch[] {
    return [...this.#listeners.values()].flatMap((models) => Array.from(models.values(), ({ record }) => record));
  }

  /** Called inside the engine, for each batch. */
  #decodes(tokens: number): void {
    const recorders = this.#recorders;
    for (let index = 0; index < recorders.length; index += 1) (recorders[index] as RecordBatch)(tokens);
  }
}

/** What it throws, in the midst of a decode, would be the end of what is decoded. */
function recorderOf(host: AdapterHost, model: string): RecordBatch {
  const { diagnostics } = host;
  const record = diagnostics.guard("adapter", "taking a model's batches", () => host.decodeBatches(model));
  return (tokens) => {
    try {
      record?.(tokens);
    } catch (error) {
      diagnostics.fault("adapter", "recording a batch", error);
    }
  };
}

/**
 * The engine opens each native batch with the number of its tokens, those of all the sequences that share it. That place is inside the engine:
 * the public token meters count more than batches. A release without it reports no batches.
 */
function tapBatches(context: object, decodes: (tokens: number) => void): Undo {
  const native: unknown = Reflect.get(context, "_ctx");
  if (!isObject(native)) return () => {};
  return patchDirectly(native, "initBatch", (original) => {
    return function (tokens) {
      if (typeof tokens === "number") decodes(tokens);
      return original.call(this, tokens);
    };
  });
}

const contexts = processWide("@aiwatch/llamacpp/contexts", 1, () => new WeakMap<object, ContextActivity>());

export function contextActivityOf(context: unknown): ContextActivity {
  const target = isObject(context) ? context : {};
  const activities = contexts();
  const known = activities.get(target);
  if (known !== undefined) return known;
  const activity = new ContextActivity(target);
  activities.set(target, activity);
  return activity;
}
