import type { Tracing } from "./handle.ts";

/** What must exist once in a process, though the CommonJS and the ES build can both be loaded. */
interface SharedState {
  running: Tracing | undefined;
  /** Who may see trace headers while it runs. */
  origins: ReadonlySet<string>;
}

const key: unique symbol = Symbol.for("@aiwatch/tracing/state/1");

export function sharedState(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  holder[key] ??= { running: undefined, origins: new Set() };
  return holder[key];
}
