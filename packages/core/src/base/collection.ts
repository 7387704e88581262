/**
 * Tells of objects that nobody holds any more. The engine makes the cell of a `FinalizationRegistry` among the old objects, where it stays with
 * all that it holds until the next full collection, unregistered or not: a cell of what is made for each inference would carry all of that over.
 * So a cell holds a `CollectionTie` here, which lets go of what it is for.
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

/** What is to be done when an object is collected. */
export class CollectionTie<What extends object = object> {
  readonly #registry: FinalizationRegistry<CollectionTie<What>>;
  what: What | undefined;

  constructor(registry: FinalizationRegistry<CollectionTie<What>>, what: What) {
    this.#registry = registry;
    this.what = what;
  }

  /** Nothing is to be done any more. */
  release(): void {
    if (this.what === undefined) return;
    this.what = undefined;
    this.#registry.unregister(this);
  }
}
