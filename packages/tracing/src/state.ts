import type { Tracing } from "./handle.ts";

/** What must exist once in a process, though the CommonJS and the ES build can both be loaded. */
interface SharedState {
  running: Tracing | undefined;
}

const key: unique symbol = Symbol.for("@aiwatch/tracing/state/1");

export function sharedState(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  holder[key] ??= { running: undefined };
  return holder[key];
}
