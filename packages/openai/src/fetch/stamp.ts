/** Gives back the object that it is given, so that a class that extends it puts its private fields there. */
const Given = class {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is what it is for
    return object;
  }
};

/** What is known of objects that somebody else made. */
export interface Stamp<Target extends object, Known> {
  set(target: Target, known: Known): void;
  /** @returns undefined for an object that has none */
  get(target: Target): Known | undefined;
}

/**
 * Keeps what is known of an object in a private field of it, which nobody else sees. A `WeakMap` does the same and costs more: V8 frees a young
 * value of an old map in a full collection alone, so that each answer and all that it holds would be promoted.
 */
export function stamp<Target extends object, Known>(): Stamp<Target, Known> {
  class Stamped extends Given {
    #known: Known;

    constructor(target: Target, known: Known) {
      super(target);
      this.#known = known;
    }

    static known(target: object): Known | undefined {
      return #known in target ? target.#known : undefined;
    }
  }
  return {
    set: (target, known) => void new Stamped(target, known),
    get: Stamped.known,
  };
}
