import { longestTimerMs } from "../settings/read-number.ts";
import type { Closer } from "./closers.ts";
import { AiwatchError } from "./errors.ts";
import { clearTimeout, setTimeout } from "./timers.ts";

/**
 * Runs a closer and waits for it no longer than `timeoutMs`, however long where that is more than a timer holds.
 * @throws AiwatchError `AIWATCH_CLOSE_TIMEOUT` when it takes longer; it may go on
 */
export async function closeWithin(closer: Closer, timeoutMs: number): Promise<void> {
  if (timeoutMs > longestTimerMs) return closer();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const message = `nothing was closed within ${timeoutMs} ms`;
    timer = setTimeout(() => reject(new AiwatchError("AIWATCH_CLOSE_TIMEOUT", message)), timeoutMs);
  });
  try {
    await Promise.race([late, closer()]);
  } finally {
    clearTimeout(timer);
  }
}
