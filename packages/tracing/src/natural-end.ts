/**
 * Runs `send` when the process has nothing left to do and `hasUnsent` says so; again where an app's own `beforeExit` listener brings new work.
 * With nothing to send the process ends as it would without us. `process.exit()` and signals are the app's: nothing is done there.
 * @returns listens no more
 */
export function atNaturalEnd(hasUnsent: () => boolean, send: () => Promise<void>): () => void {
  const listener = () => {
    if (hasUnsent()) void send();
  };
  process.on("beforeExit", listener);
  return () => process.off("beforeExit", listener);
}

/**
 * Runs `count` when the process exits: what has not been sent by then never will be. Before the listeners that are there already: one of them
 * may tell what was lost.
 * @returns listens no more
 */
export function atExit(count: () => void): () => void {
  const listener = () => {
    // an app can emit the event by itself, and live on
    if (Reflect.get(process, "_exiting") === true) count();
  };
  process.prependListener("exit", listener);
  return () => process.off("exit", listener);
}
