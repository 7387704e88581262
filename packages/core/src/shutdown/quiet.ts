import { sleep } from "../base/timers.ts";
import type { Instruments } from "../instruments/instruments.ts";

/** How often it is looked whether something still goes on. */
const lookMs = 25;

/** Where requests and inferences are counted while they go on. */
type Counted = Pick<Instruments, "activeRequests" | "models">;

export interface QuietHost {
  /** Asked anew at each look: another instance may take over meanwhile. */
  readonly open: readonly Counted[];
}

/** Resolves when no request that was observed and no inference goes on, or when `signal` is aborted. */
export async function quiet(host: QuietHost, signal: AbortSignal): Promise<void> {
  while (host.open.some(isBusy) && !signal.aborted) await sleep(lookMs);
}

export function isBusy({ models, activeRequests }: Counted): boolean {
  if (activeRequests.read({}) > 0) return true;
  for (const model of models.live.models()) {
    const running = models.live.countsOf(model);
    if (running !== undefined && running.active + running.queued > 0) return true;
  }
  return false;
}
