import { type Context, context } from "@opentelemetry/api";

/**
 * Runs `action` with `contextOf()` as the active context. A context manager of the app's tracing that throws is reported and must not cost
 * the action, which runs exactly once.
 */
export function runIn<Result>(
  contextOf: () => Context,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let called = false;
  const inside = () => {
    called = true;
    return action();
  };
  try {
    return context.with(contextOf(), inside);
  } catch (error) {
    if (called) throw error;
    report(error);
    return action();
  }
}
