import { type Engine, isObject, type Undo } from "@aiwatch/core/adapter";
import type { SequenceLike } from "./types.ts";

/** What this package is the adapter to. */
export const llamaCpp: Engine = { name: "llama.cpp" };

/** node-llama-cpp's objects that can be observed. */
export type EngineKind = "llama" | "model" | "context" | "sequence" | CallerKind;

/** Those whose calls make a model work. */
export type CallerKind = "session" | "chat" | "completion" | "embedding" | "ranking" | "decision";

/** The methods by which an object is recognised: by what it can do, since the engine is never imported. */
const marks: Readonly<Record<EngineKind, readonly string[]>> = {
  llama: ["loadModel"],
  model: ["createContext", "tokenize"],
  context: ["getSequence"],
  sequence: ["evaluate"],
  session: ["promptWithMeta"],
  chat: ["generateResponse"],
  completion: ["generateCompletionWithMeta"],
  embedding: ["getEmbeddingFor"],
  ranking: ["rank", "rankAll"],
  decision: ["decide", "decideWithMeta"],
};

/** What an object is to us; a disposed one is what it was. */
export function kindOf(value: unknown): EngineKind | undefined {
  if (!isObject(value)) return undefined;
  const kinds = Object.keys(marks) as EngineKind[];
  return kinds.find((kind) => marks[kind].every((name) => typeof Reflect.get(value, name) === "function"));
}

export function isCaller(kind: EngineKind): kind is CallerKind {
  return kind !== "llama" && kind !== "model" && kind !== "context" && kind !== "sequence";
}

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

/** Calls `listener` once the engine's object was disposed. @returns stops listening */
export function onDispose(target: object, listener: () => void): Undo {
  const relay: unknown = Reflect.get(target, "onDispose");
  if (!isObject(relay)) return () => {};
  const create: unknown = Reflect.get(relay, "createListener");
  if (typeof create !== "function") return () => {};
  const handle: unknown = Reflect.apply(create, relay, [listener]);
  return () => {
    if (!isObject(handle)) return;
    const dispose: unknown = Reflect.get(handle, "dispose");
    if (typeof dispose === "function") Reflect.apply(dispose, handle, []);
  };
}

/** The sequence's next token index. */
export function positionOf(sequence: unknown): number {
  const position: unknown = isObject(sequence) ? Reflect.get(sequence, "nextTokenIndex") : undefined;
  return typeof position === "number" ? position : 0;
}
