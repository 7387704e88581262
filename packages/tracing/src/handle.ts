import { onClose } from "@aiwatch/core";
import { trace } from "@opentelemetry/api";
import { registeredProvider } from "./sdk/provider.ts";
import type { StartedSdk } from "./sdk/start-sdk.ts";
import type { TracingOffReason } from "./settings/tracing-settings.ts";
import { within } from "./within.ts";

/** What `startTracing` started, or why it did not. */
export interface Tracing {
  readonly enabled: boolean;
  /** Why it is off; absent where it is on. */
  readonly reason?: TracingOffReason;
  /** Where spans are sent, without credentials and query; absent where they are not sent. */
  readonly endpoint?: string;
  /** Sends what is waiting. Never rejects, and takes no longer than the timeout. `aiwatch.close()` calls it. */
  flush(): Promise<void>;
  /** Sends what is waiting and lets go of everything. Never rejects, and takes no longer than the timeout. */
  shutdown(): Promise<void>;
}

export function tracingOff(reason: TracingOffReason): Tracing {
  return { enabled: false, reason, flush: async () => undefined, shutdown: async () => undefined };
}

/** @param ended is told when `shutdown` was called for the first time */
export function tracingOn(
  { sdk, processors }: StartedSdk,
  timeoutMs: number,
  endpoint: string | undefined,
  ended: () => void,
): Tracing {
  const provider = registeredProvider();
  // each by itself: one that throws must not keep the others from sending
  const flushAll = () => Promise.allSettled(processors.map(async (processor) => processor.forceFlush()));
  const flush = () => within(timeoutMs, flushAll);
  const forget = onClose(flush);
  let shutdown: Promise<void> | undefined;
  return {
    enabled: true,
    ...(endpoint !== undefined && { endpoint }),
    flush,
    shutdown: () => {
      if (shutdown === undefined) {
        forget();
        // tracing can be started again, and an SDK of the app's own can take the place
        if (registeredProvider() === provider) trace.disable();
        shutdown = within(timeoutMs, () => Promise.allSettled([flushAll(), stop(sdk)]));
        ended();
      }
      return shutdown;
    },
  };
}

async function stop(sdk: StartedSdk["sdk"]): Promise<void> {
  await sdk.shutdown();
}
