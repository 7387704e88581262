/**
 * Runs `action`, once, with the span of an inference or a tool as the active one. A context manager of the app's tracing that throws, before the
 * action or after it, must not cost the call.
 */
export function runInside<Result>(
  handle: { run<Inner>(action: () => Inner): Inner },
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let called = false;
  let returned: { readonly value: Result } | undefined;
  const inside = () => {
    called = true;
    returned = { value: action() };
    return returned.value;
  };
  try {
    return handle.run(inside);
  } catch (error) {
    if (called && returned === undefined) throw error;
    report(error);
    return returned === undefined ? action() : returned.value;
  }
}
