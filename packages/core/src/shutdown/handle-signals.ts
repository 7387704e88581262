import { constants } from "node:os";
import { monotonicClock } from "../base/clock.ts";
import { AiwatchError } from "../base/errors.ts";
import { readSignalSettings, type SignalOptions } from "./options.ts";
import { type StoppableHost, stop } from "./stop.ts";
import { StoppingServer } from "./stopping-server.ts";

/**
 * The same signal so soon is the same wish: a terminal tells every process of Ctrl+C, and npm, which is one of them, passes it on to the app
 * again.
 */
const sameWishMs = 250;

const handled = new Set<StoppableHost>();

/**
 * On the first signal stops gracefully, on the second at once. Exits with 0 where everything came to its own end, else with 128 + the signal's
 * number, as shells name a process that a signal ended.
 * @returns listens no more
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option that cannot be used; `AIWATCH_INVALID_ARGUMENT` when the instance handles signals already
 */
export function handleSignals(host: StoppableHost, options: SignalOptions): () => void {
  const settings = readSignalSettings(options);
  if ([...handled].some(({ current }) => current === host.current)) {
    const message = "signals are handled already: give all servers to one handleSignals, or remove the first handler";
    throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
  }
  handled.add(host);
  const servers = settings.servers.map((server) => new StoppingServer(server));
  const exit = once(settings.exit);
  let first: { readonly signal: NodeJS.Signals; readonly at: number } | undefined;

  const onSignal = (signal: NodeJS.Signals): void => {
    const at = monotonicClock.now();
    if (first === undefined) {
      first = { signal, at };
      // whatever goes wrong on the way, a process that was told to end ends
      const stopped = stop(host, servers, settings).catch(() => false);
      void stopped.then((ended) => exit(ended ? 0 : codeOf(signal)));
    } else if (signal !== first.signal || at - first.at > sameWishMs) {
      exit(codeOf(signal));
    }
  };

  for (const signal of settings.signals) process.on(signal, onSignal);
  return () => {
    for (const signal of settings.signals) process.off(signal, onSignal);
    // once it stops, the servers are still to be emptied
    if (first === undefined) for (const server of servers) server.release();
    handled.delete(host);
  };
}

function codeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** An `exit` of the app's own may come back: what ended twice has ended once. */
function once(exit: (code: number) => void): (code: number) => void {
  let exited = false;
  return (code) => {
    if (exited) return;
    exited = true;
    exit(code);
  };
}
