import { invalidSetting } from "@aiwatch/core/adapter";
import { type Tracing, tracingOff, tracingOn } from "./handle.ts";
import type { StartTracingOptions } from "./options.ts";
import { propagateFetch } from "./propagation/fetch-propagation.ts";
import { registeredProvider } from "./sdk/provider.ts";
import { startSdk } from "./sdk/start-sdk.ts";
import { tracingSettings } from "./settings/tracing-settings.ts";
import { sharedState } from "./state.ts";
import { warnOnce } from "./warn-once.ts";

/**
 * Starts OpenTelemetry's SDK, so that the spans of core, and the app's own, are sent by OTLP. Call it before the app serves its first
 * request. Where it runs already, that one's handle is returned and the options are not looked at; where the app has its own SDK, that one
 * stays, and the handle says so. A collector that is down or hangs is never heard of: the queue is bounded, and the handle counts what was
 * lost.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for an option or variable that cannot be used, quoted without credentials;
 *   `AIWATCH_MISSING_PEER` where tracing is on and `@opentelemetry/sdk-node`, or its exporter for the protocol, is neither installed nor handed in
 */
export function startTracing(options: StartTracingOptions = {}): Tracing {
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
  throw invalidSetting("shutdownTimeoutMs", timeoutMs, "milliseconds, 0 or more");
}
