import { clearTimeout, setTimeout, sleep } from "../base/timers.ts";
import { type Idling, waitUntilIdle } from "./idle.ts";
import type { SignalSettings } from "./options.ts";
import type { StoppingServer } from "./stopping-server.ts";

/** What is needed of the instance that is to stop. */
export interface StoppableHost extends Idling {
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
  const ended = await within(timeoutMs, (signal) => Promise.all([...closed, waitUntilIdle(host, signal)]));
  if (!ended) {
    for (const server of servers) server.cut();
    await within(afterCutMs, (signal) => waitUntilIdle(host, signal));
  }
  await host.close();
  return ended;
}

/** @returns whether it ended in time */
async function within(timeoutMs: number, wait: (signal: AbortSignal) => Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([late, wait(over.signal).then(() => true)]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
