/** A value as JSON can have it, errors with what apps read of them. */
export function shown(value) {
  const seen = new WeakSet();
  const json = JSON.stringify(value, (key, inner) => {
    // the AI SDK's own stopwatch
    if (key === "performance") return "measured";
    if (typeof inner !== "object" || inner === null) return shownPlain(inner);
    if (inner instanceof Error) return shownError(inner);
    if (inner instanceof Headers) return headersOf(inner);
    if (seen.has(inner)) return "seen above";
    seen.add(inner);
    return inner;
  });
  return JSON.parse(json ?? '"undefined"');
}

function shownPlain(value) {
  if (typeof value === "string") return value.length > 10_000 ? `${value.slice(0, 1000)}… ${value.length}` : value;
  return ["number", "boolean"].includes(typeof value) || value === null ? value : String(value);
}

/** Class, message, cause and what else it carries: all but the stack. */
export function shownError(error) {
  if (!(error instanceof Error)) return { thrown: shown(error) };
  const { name, message, cause } = error;
  const own = Object.fromEntries(Object.entries(error).filter(([key]) => key !== "stack" && key !== "cause"));
  return {
    class: error.constructor.name,
    name,
    message,
    ...(Object.keys(own).length > 0 && { own: shown(own) }),
    ...(cause !== undefined && { cause: cause instanceof Error ? shownError(cause) : shown(cause) }),
  };
}

const ofTheRun = new Set(["date", "connection", "keep-alive"]);
function headersOf(headers) {
  return Object.fromEntries([...headers].filter(([name]) => !ofTheRun.has(name)));
}
