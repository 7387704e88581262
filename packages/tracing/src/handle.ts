import { onClose, processWide, withTimeout } from "@aiwatch/core/adapter";
import { trace } from "@opentelemetry/api";
import { atExit, atNaturalEnd } from "./natural-end.ts";
import { registeredProvider, type StartedSdk } from "./sdk/start-sdk.ts";
import type { TracingOffReason } from "./settings/tracing-settings.ts";

interface SharedState {
  running: Tracing | undefined;
  /** Who may see trace headers while it runs. */
  origins: ReadonlySet<string>;
}

export const sharedState = processWide(
  "@aiwatch/tracing/state",
  1,
  (): SharedState => ({ running: undefined, origins: new Set() }),
);

/** What `startTracing` started, or why it did not. */
export interface Tracing {
  readonly enabled: boolean;
  /** Why it is off; absent where it is on. */
  readonly reason?: TracingOffReason;
  /** Where spans are sent, without credentials and query; absent where they are not sent. */
  readonly endpoint?: string;
  /** How many sampled spans were lost so far: the queue was full, the collector did not take them, or the shutdown or the exit came first. */
  readonly dropped: number;
  /** Sends what is waiting. Never rejects, and takes no longer than the timeout. `aiwatch.close()` calls it. */
  flush(): Promise<void>;
  /**
   * Sends what is waiting and releases everything: what the collector has not taken by then is given up. Never rejects, and takes no longer
   * than the timeout.
   */
  shutdown(): Promise<void>;
}

export function tracingOff(reason: TracingOffReason): Tracing {
  return { enabled: false, reason, dropped: 0, flush: async () => undefined, shutdown: async () => undefined };
}

/** @param ended called at the first `shutdown` */
export function tracingOn(
  { sdk, processors, pipeline, unflushed }: StartedSdk,
  timeoutMs: number,
  endpoint: string | undefined,
  ended: () => void,
): Tracing {
  const provider = registeredProvider();
  // each by itself: one that throws must not keep the others from sending
  const flushAll = () => Promise.allSettled(processors.map(async (processor) => processor.forceFlush()));
  const flush = () => {
    unflushed.clear();
    return within(timeoutMs, flushAll);
  };
  const stop = async (waitMs: number) => {
    await within(waitMs, () => Promise.allSettled([flushAll(), shutdownOf(sdk)]));
    pipeline?.release();
  };
  let stopped: Promise<void> | undefined;
  const shutdown = (waitMs: number) => {
    if (stopped === undefined) {
      for (const forget of forgets) forget();
      // tracing can be started again, and an SDK of the app's own can take the place
      if (registeredProvider() === provider) trace.disable();
      stopped = stop(waitMs);
      ended();
    }
    return stopped;
  };
  const hasUnsent = () => unflushed.any || (pipeline?.held() ?? 0) > 0;
  const forgets = [
    onClose(async () => void (await flush())),
    // a collector that has not taken them by now must not keep the process: the wait was the flush's
    atNaturalEnd(hasUnsent, async () => void ((await flush()) || (await shutdown(0)))),
    atExit(() => pipeline?.giveUp()),
  ];
  return {
    enabled: true,
    ...(endpoint !== undefined && { endpoint }),
    get dropped() {
      return pipeline?.dropped() ?? 0;
    },
    flush: async () => void (await flush()),
    shutdown: () => shutdown(timeoutMs),
  };
}

/** As a promise, whatever a processor throws. */
async function shutdownOf(sdk: StartedSdk["sdk"]): Promise<void> {
  await sdk.shutdown();
}

/**
 * Waits for `work`, but no longer than `timeoutMs`. It may go on after that, and its failure is ignored.
 * @returns whether it ended in time
 */
function within(timeoutMs: number, work: () => Promise<unknown>): Promise<boolean> {
  const settled = async () => {
    await Promise.allSettled([work()]);
    return true;
  };
  return withTimeout(settled, { ms: timeoutMs, late: () => false, keepsAlive: true });
}
