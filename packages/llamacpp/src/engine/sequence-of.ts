import { isObject } from "@aiwatch/core/adapter";
import type { SequenceLike } from "./types.ts";

/** Where a caller keeps its sequence: in the open, or inside. */
const places = ["sequence", "_sequence"] as const;

/** The sequence that a caller's calls run on; `undefined` once it is disposed: the engine's getters throw then. */
export function sequenceOf(caller: object): SequenceLike | undefined {
  for (const place of places) {
    try {
      const sequence: unknown = Reflect.get(caller, place);
      if (isObject(sequence)) return sequence as SequenceLike;
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/** All the sequences that a caller's calls may run on: a decision context keeps several, and takes whichever is free. */
export function sequencesOf(caller: object): readonly SequenceLike[] {
  const sequence = sequenceOf(caller);
  if (sequence !== undefined) return [sequence];
  const free: unknown = Reflect.get(caller, "_seqQueue");
  return isIterable(free) ? [...free].filter(isObject).map((item) => item as SequenceLike) : [];
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && typeof Reflect.get(value, Symbol.iterator) === "function";
}
