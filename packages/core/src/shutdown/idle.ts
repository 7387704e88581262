import { sleep } from "../base/timers.ts";

/** Milliseconds between two looks. */
const lookMs = 25;

export interface Idling {
  /** Whether an observed request or an inference goes on. Another instance may take over between two looks. */
  readonly isBusy: boolean;
}

/** Resolves when no observed request and no inference goes on, or when `signal` is aborted. */
export async function waitUntilIdle(host: Idling, signal: AbortSignal): Promise<void> {
  while (host.isBusy && !signal.aborted) await sleep(lookMs);
}
