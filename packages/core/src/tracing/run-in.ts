import { type Context, context } from "@opentelemetry/api";

/** Runs `action` with `contextOf()` as the active context. A context manager of the app's tracing that throws must not cost the action. */
export function runIn<Result>(
  contextOf: () => Context,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  return runOnce((inside) => context.with(contextOf(), inside), action, report);
}

/**
 * Runs `action` inside of what `around` does, and exactly once: where `around` throws by itself, before the action or after it, that is
 * reported and costs nothing. What the action returns or throws is what the caller gets.
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
  try {
    return around(inside);
  } catch (error) {
    if (called && returned === undefined) throw error;
    report(error);
    return returned === undefined ? action() : returned.value;
  }
}
