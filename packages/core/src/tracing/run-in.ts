import { type Context, context } from "@opentelemetry/api";

/**
 * Runs `action` with `contextOf()` as the active context. A context manager of the app's tracing that throws, before the action or after it,
 * is reported and must not cost the action, which runs exactly once.
 */
export function runIn<Result>(
  contextOf: () => Context,
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
    return context.with(contextOf(), inside);
  } catch (error) {
    if (called && returned === undefined) throw error;
    report(error);
    return returned === undefined ? action() : returned.value;
  }
}
