import { type Aiwatch, defaultAiwatch } from "@aiwatch/core";
import { type AdapterHost, adapterOf, processWide, type Undo, undoAll } from "@aiwatch/core/adapter";
import { llamaCpp } from "../engine/objects.ts";
import { modelNameOf } from "../model/gguf.ts";

/** An object of the engine that is observed, with what was made from it since. It does not hold the object. */
export class ObservedObject {
  readonly scope: Scope;
  /** Whether it was given to `instrumentModel` itself: what was only made from another object goes with that one. */
  explicit: boolean;
  /** Observes what was made from it, in the same scope. */
  readonly adopt: (made: unknown) => void;
  readonly #undos: Undo[] = [];
  readonly #unwatches: Undo[] = [];
  #made: WeakRef<object>[] = [];
  #done = false;

  constructor(scope: Scope, explicit: boolean, adopt: (parent: ObservedObject, made: unknown) => void) {
    this.scope = scope;
    this.explicit = explicit;
    this.adopt = (made) => adopt(this, made);
  }

  get undone(): boolean {
    return this.#done;
  }

  /** Adds what is to be taken back when it is no longer observed, or disposed. */
  onUndo(undo: Undo): void {
    this.#undos.push(undo);
  }

  /** Adds what ends a showing of readings: a session that is disposed leaves its model and its context, which are shown until they go. */
  onUnwatch(unwatch: Undo): void {
    this.#unwatches.push(unwatch);
  }

  /** Remembers an object that was made from it. */
  made(target: object): void {
    const isAlive = (reference: WeakRef<object>) => reference.deref() !== undefined;
    if (this.#made.length % 64 === 63) this.#made = this.#made.filter(isAlive);
    this.#made.push(new WeakRef(target));
  }

  /** Takes back all that is still ours, here and on what was made from it. */
  undo(): void {
    this.disposed();
    undoAll(this.#unwatches);
  }

  /** The engine's object is gone: takes back all but the readings of what lives on. */
  disposed(): void {
    if (this.#done) return;
    this.#done = true;
    undoAll(this.#undos);
    const observed = observedObjects();
    for (const reference of this.#made.splice(0)) {
      const target = reference.deref();
      const made = target === undefined ? undefined : observed.get(target);
      if (target === undefined || made === undefined || made.explicit) continue;
      observed.delete(target);
      made.undo();
    }
  }
}

/** What is observed, given to `instrumentModel` or made from it. */
export const observedObjects = processWide(
  "@aiwatch/llamacpp/observed",
  1,
  () => new WeakMap<object, ObservedObject>(),
);

/** Where an observed object reports to, and under which name: it is handed down to all that is made from the object. */
export interface Scope {
  readonly host: AdapterHost;
  /** The model's name by option. */
  readonly model: string | undefined;
  /** Whether its tokens are for a reader, by option. */
  readonly forReader: boolean | undefined;
}

interface ScopeOptions {
  readonly aiwatch?: Aiwatch | undefined;
  readonly model?: string | undefined;
  readonly forReader?: boolean | undefined;
}

/** The scope of an instance; without one that of the default instance, whichever it is by the time of a call. */
export function scopeOf({ aiwatch, model, forReader }: ScopeOptions): Scope {
  if (aiwatch !== undefined) return { host: adapterOf(aiwatch, llamaCpp), model, forReader };
  let last = defaultAiwatch();
  return {
    model,
    forReader,
    get host() {
      last = defaultAiwatch(last);
      return adapterOf(last, llamaCpp);
    },
  };
}

/** The name that `model` has in this scope. */
export function nameIn(scope: Scope, model: unknown): string {
  return scope.model ?? modelNameOf(model);
}
