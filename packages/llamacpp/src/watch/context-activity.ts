import type { Aiwatch } from "@aiwatch/core";
import { patchMethods, type Undo } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import { sharedState } from "../state.ts";

interface Listener {
  readonly tell: (tokens: number) => void;
  holders: number;
}

/** What a context decodes: how many observed operations at the moment, and with how many tokens in each native batch. */
export class ContextActivity {
  /** Observed operations that are being evaluated at the moment. */
  running = 0;
  readonly #context: object;
  readonly #listeners = new Map<Aiwatch, Map<string, Listener>>();
  #untap: Undo | undefined;

  constructor(context: object) {
    this.#context = context;
  }

  /** Records each batch's tokens under a model's name. However many listen for the same, it is recorded once. */
  listen(aiwatch: Aiwatch, model: string): Undo {
    const models = this.#listeners.get(aiwatch) ?? new Map<string, Listener>();
    const listener = models.get(model) ?? { tell: aiwatch.decodeBatches(model), holders: 0 };
    this.#untap ??= tapBatches(this.#context, (tokens) => this.#decodes(tokens));
    this.#listeners.set(aiwatch, models);
    models.set(model, listener);
    listener.holders += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      listener.holders -= 1;
      if (listener.holders > 0) return;
      models.delete(model);
      if (models.size === 0) this.#listeners.delete(aiwatch);
      if (this.#listeners.size > 0) return;
      this.#untap?.();
      this.#untap = undefined;
    };
  }

  #decodes(tokens: number): void {
    for (const models of this.#listeners.values()) {
      for (const { tell } of models.values()) tell(tokens);
    }
  }
}

/**
 * The engine opens each native batch with the number of its tokens, those of all the sequences that share it. That place is inside the engine:
 * the token meters in the open are told of more than batches. A release without it has no batches to tell.
 */
function tapBatches(context: object, decodes: (tokens: number) => void): Undo {
  const native: unknown = Reflect.get(context, "_ctx");
  if (!isObject(native)) return () => {};
  return patchMethods(native, {
    initBatch: (original) =>
      function (tokens) {
        if (typeof tokens === "number") decodes(tokens);
        return original.call(this, tokens);
      },
  });
}

export function contextActivityOf(context: unknown): ContextActivity {
  const target = isObject(context) ? context : {};
  const { activities } = sharedState();
  const known = activities.get(target);
  if (known !== undefined) return known;
  const activity = new ContextActivity(target);
  activities.set(target, activity);
  return activity;
}
