import { constants } from "node:os";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { AiwatchError } from "../base/errors.ts";
import { monotonicClock, sleep, withTimeout } from "../base/time.ts";
import { readSignalSettings, type SignalOptions, type SignalSettings } from "./options.ts";
import { StoppingServer } from "./stopping-server.ts";

/**
 * The same signal so soon is the same wish: a terminal tells every process of Ctrl+C, and npm, which is one of them, passes it on to the app
 * again.
 */
const sameWishMs = 250;

const handled = new Set<AiwatchHost>();

/**
 * Stops the app gracefully on a signal: readiness turns 503; after `drainMs` the servers accept no more; requests and inferences may end for
 * `timeoutMs`; `close()`; exit with 0, or with 128 + the signal's number where something had to be cut. A second signal exits at once.
 * Other listeners of the app stay. Opt-in: without it a signal does what it did before.
 * @returns removes the handlers
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or a variable that cannot be used; `AIWATCH_INVALID_ARGUMENT` when the
 *   instance handles signals already, and for what is no instance
 * @example
 * const server = app.listen(8080);
 * handleSignals(aiwatch, { server, drainMs: 5000 });
 */
export function handleSignals(aiwatch: Aiwatch, options: SignalOptions = {}): () => void {
  const host = hostOf(aiwatch);
  const settings = readSignalSettings(options);
  if ([...handled].some(({ current }) => current === host.current)) {
    const message =
      "handleSignals() was called for this instance already: pass all servers to one call, or call the function that the first one returned";
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

/** What is needed of the instance that is to stop. */
export interface StoppableHost {
  /** Whether an observed request or an inference goes on. Another instance may take over between two looks. */
  readonly isBusy: boolean;
  startDraining(): void;
  close(): Promise<void>;
}

/** What was cut ends in the app, too, within a moment: its record is still to be made before everything is delivered. */
const afterCutMs = 500;

/**
 * Not ready, then closed to new requests, then waits for what goes on, then delivers everything.
 * @returns whether everything came to its own end, and nothing had to be cut
 */
export async function stop(
  host: StoppableHost,
  servers: readonly StoppingServer[],
  { drainMs, timeoutMs }: Pick<SignalSettings, "drainMs" | "timeoutMs">,
): Promise<boolean> {
  host.startDraining();
  for (const server of servers) server.leave();
  if (drainMs > 0) await sleep(drainMs);
  const closed = servers.map((server) => server.close());
  const ended = await endsWithin(timeoutMs, (signal) => Promise.all([...closed, waitUntilIdle(host, signal)]));
  if (!ended) {
    for (const server of servers) server.cut();
    await endsWithin(afterCutMs, (signal) => waitUntilIdle(host, signal));
  }
  await host.close();
  return ended;
}

async function endsWithin(ms: number, wait: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  const late = () => false;
  return withTimeout((signal) => wait(signal).then(() => true), { ms, late, keepsAlive: true });
}

/** Milliseconds between two looks. */
const lookMs = 25;

/** Resolves when no observed request and no inference goes on, or when `signal` is aborted. */
async function waitUntilIdle(host: StoppableHost, signal: AbortSignal): Promise<void> {
  while (host.isBusy && !signal.aborted) await sleep(lookMs);
}
