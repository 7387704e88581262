import { setTimeout as sleep } from "node:timers/promises";
import type { ModelBoard } from "../models/model-board.ts";
import type { Instruments } from "../prometheus/instruments.ts";

/** How often it is looked whether something still goes on. */
const lookMs = 25;

export interface QuietHost {
  readonly models: Pick<ModelBoard, "live">;
  readonly instruments: Pick<Instruments, "activeRequests">;
}

/** Resolves when no request that was observed and no inference goes on, or when `signal` is aborted. */
export async function quiet(host: QuietHost, signal: AbortSignal): Promise<void> {
  while (isBusy(host) && !signal.aborted) await sleep(lookMs);
}

function isBusy({ models, instruments }: QuietHost): boolean {
  if (instruments.activeRequests.read({}) > 0) return true;
  for (const model of models.live.models()) {
    const running = models.live.countsOf(model);
    if (running !== undefined && running.active + running.queued > 0) return true;
  }
  return false;
}
