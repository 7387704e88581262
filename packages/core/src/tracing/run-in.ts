import { type Context, context } from "@opentelemetry/api";

/** Runs `action` with `contextOf()` as the active context. A context manager of the app's tracing that throws must not cost the action. */
export function runIn<Result>(
  contextOf: () => Context,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let active: Context;
  try {
    active = contextOf();
  } catch (error) {
    report(error);
    return action();
  }
  return runOnce((inside) => context.with(active, inside), action, report);
}

/**
 * Runs `action` inside of what `around` does, and exactly once: where `around` throws by itself, before the action or after it, that is
 * reported and costs nothing. What the action returns or throws is what the caller gets.
 *
 * No `catch` sees the action's own error: thrown again from here, it would crash the app with our line shown in the place of the app's. So
 * nobody sees what `around` throws, either, and `report` hears no more than when it did.
 */
export function runOnce<Result>(
  around: (inside: () => Result) => Result,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let called = false;
  let returned: { readonly value: Result } | undefined;
  const inside = () => {
    called = true;
    const value = action();
    returned = { value };
    return value;
  };
  let isDone = false;
  try {
    const value = around(inside);
    isDone = true;
    return value;
  } finally {
    if (!isDone && !(called && returned === undefined)) {
      report(new Error(`thrown ${called ? "after" : "before"} the action`));
      // biome-ignore lint/correctness/noUnsafeFinally: what is overruled here is a fault of `around`, never the action's error
      return outcomeOf(returned, action);
    }
  }
}

function outcomeOf<Result>(returned: { readonly value: Result } | undefined, action: () => Result): Result {
  return returned === undefined ? action() : returned.value;
}
