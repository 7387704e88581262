/** Takes something back. Calling it twice does no harm. */
export type Undo = () => void;

/**
 * Makes an undo: it runs `action` at its first call and does nothing at the others.
 * @example
 * const release = once(() => holders.delete(holder));
 */
export function once(action: () => void): Undo {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

/**
 * Runs all of them, the last first, and empties the list.
 * @example
 * const undos = [patchMethod(client, "chat", wrapChat), patchMethod(client, "embed", wrapEmbed)];
 * undoAll(undos);
 */
export function undoAll(undos: Undo[]): void {
  for (const undo of undos.splice(0).reverse()) undo();
}

/** What several holders share: it is undone when the last one releases it. */
interface Held<Value> {
  readonly value: Value;
  readonly undo: Undo;
  holders: number;
}

/** Things that are made once for each key and shared by their holders. */
export class HeldOnce<Key extends object, Value> {
  readonly #held = new WeakMap<Key, Held<Value>>();

  /** The value of `key`, where somebody holds one. */
  get(key: Key): Value | undefined {
    return this.#held.get(key)?.value;
  }

  /**
   * Holds the value of `key`, which `make` makes for the first holder.
   * @param make gives the value and what takes it back
   * @returns the value, and a function that releases it: after the last release the value is undone and forgotten
   * @example
   * const { value: tap, release } = taps.hold(sequence, () => ({ value: tapOn(sequence), undo: () => untap(sequence) }));
   */
  hold(
    key: Key,
    make: () => { readonly value: Value; readonly undo: Undo },
  ): { readonly value: Value; readonly release: Undo } {
    const held = this.#held.get(key) ?? { ...make(), holders: 0 };
    this.#held.set(key, held);
    return { value: held.value, release: this.#add(key, held) };
  }

  #add(key: Key, held: Held<Value>): Undo {
    held.holders += 1;
    return once(() => {
      held.holders -= 1;
      if (held.holders > 0) return;
      held.undo();
      if (this.#held.get(key) === held) this.#held.delete(key);
    });
  }
}
