import { processWide } from "./process-wide.ts";

/** Delivers what is held back and lets go of what is open. */
export type Closer = () => void | Promise<void>;

/** What `close()` flushes besides an instance's own observers: the tracing SDK, for one. */
export const sharedClosers = processWide("@aiwatch/core/closers", 1, () => new Set<Closer>());

/** Adds what every instance's `close()` is to call, for what belongs to the process. @returns takes it away again */
export function onClose(closer: Closer): () => void {
  const closers = sharedClosers();
  closers.add(closer);
  return () => closers.delete(closer);
}
