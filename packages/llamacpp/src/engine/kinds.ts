import { isObject } from "@aiwatch/core/adapter";

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
