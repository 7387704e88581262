import type { Diagnostics } from "../base/diagnostics.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import { runOnce } from "../tracing/context.ts";
import { observePromise, type SettlementObserver } from "./promise-tap.ts";

/** A call that makes a model work, and how it ends. `completed` and `failed` must not throw. */
export interface ObservedCall extends SettlementObserver {
  readonly inference: InferenceHandle;
}

/**
 * Runs `call` exactly once, inside the span of its inference, and follows what it gives to its end. The caller gets what `call` gave: the same
 * value, the same error; of a promise what `observePromise` gives. A fault of the app's tracing is reported and costs nothing.
 * @param diagnostics where faults are reported
 * @example
 * return runObserved({ inference, completed: () => inference.end({ unified: "stop" }), failed: (error) => inference.fail(error) },
 *   () => Reflect.apply(original, this, args), host.diagnostics);
 */
export function runObserved(observed: ObservedCall, call: () => unknown, diagnostics: Diagnostics): unknown {
  const report = (error: unknown) => diagnostics.fault("tracer", "activating a span", error);
  let result: unknown;
  try {
    result = runOnce((inside) => observed.inference.run(inside), call, report);
  } catch (error) {
    observed.failed(error);
    throw error;
  }
  if (result instanceof Promise) return observePromise(result, observed);
  observed.completed(result);
  return result;
}
