/** One for what waits, and one for what the app's own listeners made when Node emitted the event again because of the first. */
const rounds = 2;

/**
 * Runs `send` when the process has nothing left to do and `hasUnsent` says so. With nothing to send the process ends as it would without us.
 * Each `send` makes Node emit `beforeExit` again: an app whose listener makes a span each time would never end if we sent each time.
 * `process.exit()` and signals are the app's: nothing is done there.
 * @returns listens no more
 */
export function atNaturalEnd(hasUnsent: () => boolean, send: () => Promise<void>): () => void {
  let left = rounds;
  const look = () => {
    if (left === 0 || !hasUnsent()) return;
    left -= 1;
    void send();
  };
  const listener = () => afterListeners(look);
  process.on("beforeExit", listener);
  return () => {
    left = 0;
    process.off("beforeExit", listener);
  };
}

/** Runs `look` after every listener of the event and the promises that they settled: they make spans, too. It is still the same turn. */
function afterListeners(look: () => void): void {
  process.nextTick(() => queueMicrotask(() => process.nextTick(look)));
}

/**
 * Runs `count` when the process exits: what has not been sent by then never will be. Before the listeners that are there already: one of them
 * may report what was lost.
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
