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

/** A value that several holders share. */
interface Held<Value> {
  readonly value: Value;
  readonly undo: Undo;
}

/** Values that are made once for each key and shared by their holders. */
export class HeldOnce<Key extends object, Value> {
  readonly #held = new WeakMap<Key, Held<Value> & { readonly hold: () => Undo }>();

  /** The value of `key`, where somebody holds one. */
  get(key: Key): Value | undefined {
    return this.#held.get(key)?.value;
  }

  /**
   * Holds the value of `key`, which `make` makes for the first holder.
   * @param make gives the value and what takes it back. It is given a function that holds the value once more
   * @returns the value, and a function that releases it: after the last release the value is undone and forgotten
   * @example
   * const { value: tap, release } = taps.hold(sequence, () => ({ value: tapOn(sequence), undo: () => untap(sequence) }));
   */
  hold(key: Key, make: (hold: () => Undo) => Held<Value>): { readonly value: Value; readonly release: Undo } {
    const held = this.#held.get(key) ?? this.#make(key, make);
    return { value: held.value, release: held.hold() };
  }

  #make(key: Key, make: (hold: () => Undo) => Held<Value>) {
    let holders = 0;
    const hold = () => {
      holders += 1;
      return once(() => {
        holders -= 1;
        if (holders > 0) return;
        held.undo();
        if (this.#held.get(key) === held) this.#held.delete(key);
      });
    };
    const held = { ...make(hold), hold };
    this.#held.set(key, held);
    return held;
  }
}
