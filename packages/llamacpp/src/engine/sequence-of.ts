import { isObject } from "../received.ts";
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
