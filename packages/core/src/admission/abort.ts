/** What waits for the abort of one signal. */
class AbortWatch {
  readonly #actions = new Set<() => void>();
  readonly #heard: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#heard = dependentOn(signal);
  }

  /** Listens only while something waits: Node keeps a dependent signal with a listener in memory. @returns waits no longer */
  add(action: () => void): () => void {
    if (this.#actions.size === 0) this.#heard.addEventListener("abort", this.#hear);
    this.#actions.add(action);
    return () => {
      this.#actions.delete(action);
      if (this.#actions.size === 0) this.#heard.removeEventListener("abort", this.#hear);
    };
  }

  readonly #hear = (): void => {
    for (const action of this.#actions) action();
  };
}

const watches = new WeakMap<AbortSignal, AbortWatch>();

/**
 * Runs `action` once the signal is aborted; now, where it is. Node 20 warns when a signal has more than ten listeners, and an app that has ten of its own
 * must not see a warning because of ours: there is one for each signal, on a signal that depends on it.
 * @returns waits no longer
 * @throws TypeError for what is no signal
 */
export function onceAborted(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) {
    action();
    return () => {};
  }
  const watch = watches.get(signal) ?? new AbortWatch(signal);
  watches.set(signal, watch);
  return watch.add(action);
}

/** The signal itself where it is of another make, and before Node 20.3. */
function dependentOn(signal: AbortSignal): AbortSignal {
  const isOwn = signal instanceof AbortSignal && typeof AbortSignal.any === "function";
  return isOwn ? AbortSignal.any([signal]) : signal;
}
