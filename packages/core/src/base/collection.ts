/**
 * Calls back when an object is collected as garbage. The engine allocates a `FinalizationRegistry`'s cell in the old generation, and the cell
 * keeps its held value until the next full collection, even after it is unregistered: with one cell an inference, each inference would be
 * promoted. So the cell holds a `CollectionTie`, which `release` empties.
 * @example
 * const left = new CollectionWatch<Inference>((inference) => inference.abort("abandoned"));
 * const tie = left.watch(handle, inference);
 * tie.release();
 */
export class CollectionWatch<What extends object> {
  readonly #registry: FinalizationRegistry<CollectionTie<What>>;

  /** @param collected is given what was watched with the object that was collected */
  constructor(collected: (what: What) => void) {
    this.#registry = new FinalizationRegistry(({ what }) => {
      if (what !== undefined) collected(what);
    });
  }

  /** @param what is held until the object is collected, or the tie released: it must not hold the object */
  watch(object: object, what: What): CollectionTie<What> {
    const tie = new CollectionTie(this.#registry, what);
    this.#registry.register(object, tie, tie);
    return tie;
  }
}

/** One object that is watched. */
export class CollectionTie<What extends object = object> {
  readonly #registry: FinalizationRegistry<CollectionTie<What>>;
  what: What | undefined;

  constructor(registry: FinalizationRegistry<CollectionTie<What>>, what: What) {
    this.#registry = registry;
    this.what = what;
  }

  /** Stops watching, and frees `what`. */
  release(): void {
    if (this.what === undefined) return;
    this.what = undefined;
    this.#registry.unregister(this);
  }
}
