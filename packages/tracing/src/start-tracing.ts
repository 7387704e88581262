import { invalidSetting, warnOfUnknownOptions } from "@aiwatch/core/adapter";
import { sharedState, type Tracing, tracingOff, tracingOn } from "./handle.ts";
import { optionNames, type StartTracingOptions } from "./options.ts";
import { propagateFetch } from "./propagation.ts";
import { registeredProvider, startSdk } from "./sdk/start-sdk.ts";
import { tracingSettings } from "./settings/tracing-settings.ts";

/**
 * Starts OpenTelemetry's SDK, which sends the spans of core, and your own, by OTLP. Call it before your app serves its first request. When it
 * runs already, you get the same handle and the options have no effect. When your app has an SDK of its own, that one stays, and the handle
 * says so. A collector that is down or hangs does not affect your app: the queue is bounded, and the handle counts the spans that were lost.
 * @example
 * const tracing = startTracing({ endpoint: "jaeger:4318", serviceName: "chat-api" });
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or variable that cannot be used, quoted without credentials;
 *   `AIWATCH_MISSING_PEER` where tracing is on and `@opentelemetry/sdk-node`, or its exporter for the protocol, is neither installed nor passed as `sdk`
 */
export function startTracing(options: StartTracingOptions = {}): Tracing {
  warnOfUnknownOptions("startTracing()", options, optionNames);
  const state = sharedState();
  if (state.running !== undefined) return state.running;
  const settings = tracingSettings(options);
  if (typeof settings === "string") return tracingOff(settings);
  const timeoutMs = checkedTimeout(options.shutdownTimeoutMs ?? 5_000);
  if (registeredProvider() !== undefined) return tracingOff("foreign_provider");
  const started = startSdk(settings, options);
  const stopPropagating = propagate(settings.origins);
  state.running = tracingOn(started, timeoutMs, settings.exporting?.endpoint.shown, () => {
    stopPropagating();
    state.running = undefined;
  });
  return state.running;
}

function propagate(origins: ReadonlySet<string>): () => void {
  if (origins.size === 0) return () => undefined;
  const state = sharedState();
  state.origins = origins;
  const stop = propagateFetch(warnOnce("adding trace headers to a request"));
  return () => {
    state.origins = new Set();
    stop();
  };
}

function checkedTimeout(timeoutMs: number): number {
  // what a timer can hold
  if (timeoutMs >= 0 && timeoutMs < 2 ** 31) return timeoutMs;
  throw invalidSetting("the option shutdownTimeoutMs", timeoutMs, "milliseconds, 0 or more");
}

/** Reports the first fault of a kind as a process warning. The error's message may hold content and is left out. */
function warnOnce(what: string): (error: unknown) => void {
  let isReported = false;
  return (error) => {
    if (isReported) return;
    isReported = true;
    const name = error instanceof Error ? error.name : typeof error;
    process.emitWarning(`${what} failed: ${name}. AIWatch caught it.`, {
      type: "AiwatchWarning",
      code: "AIWATCH_FAULT",
    });
  };
}
