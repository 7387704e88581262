/** What waits for one signal. */
interface Waiting {
  readonly actions: Set<() => void>;
  /** Held for as long as the signal is. */
  readonly heard: AbortSignal;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Runs `action` once the signal is aborted; now, where it is. Node warns of a signal that has more than ten listeners: an app that has ten of its own
 * is to see no warning for ours. So there is one for each signal, on a signal that depends on it.
 * @returns waits no longer
 * @throws TypeError for what is no signal
 */
export function onceAborted(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) {
    action();
    return () => {};
  }
  const { actions } = waiting.get(signal) ?? listenTo(signal);
  actions.add(action);
  return () => actions.delete(action);
}

function listenTo(signal: AbortSignal): Waiting {
  const actions = new Set<() => void>();
  const heard = dependentOn(signal);
  heard.addEventListener(
    "abort",
    () => {
      for (const action of actions) action();
    },
    { once: true },
  );
  const made = { actions, heard };
  waiting.set(signal, made);
  return made;
}

/** The signal itself where it is of another make, and before Node 20.3. */
function dependentOn(signal: AbortSignal): AbortSignal {
  const isOwn = signal instanceof AbortSignal && typeof AbortSignal.any === "function";
  return isOwn ? AbortSignal.any([signal]) : signal;
}
