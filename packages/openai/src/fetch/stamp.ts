import { isObject } from "@aiwatch/core/adapter";

/** Gives back the object that it is given, so that a class that extends it puts its private fields there. */
const Given = class {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is what it is for
    return object;
  }
};

/** What is known of objects that somebody else made. */
export interface Stamp<Target extends object, Known> {
  /** In place of what was known: an app may observe its own observed `fetch`. */
  set(target: Target, known: Known): void;
  /** @returns undefined for what has none: a method of the app's object can be called on anything */
  get(target: unknown): Known | undefined;
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

    static set(target: Target, known: Known): void {
      if (#known in target) target.#known = known;
      else new Stamped(target, known);
    }

    static get(target: unknown): Known | undefined {
      return isObject(target) && #known in target ? target.#known : undefined;
    }
  }
  return Stamped;
}
