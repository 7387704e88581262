/**
 * The timers of the global object, fake ones as well: `vi.mock("../base/time.ts", globalTimers)` gives those to the code under test, which keeps
 * Node's own otherwise.
 */
export async function globalTimers(original: () => Promise<object>) {
  const setTimeout = (...args: Parameters<typeof globalThis.setTimeout>) => globalThis.setTimeout(...args);
  const clearTimeout = (timer: NodeJS.Timeout) => globalThis.clearTimeout(timer);
  return { ...(await original()), setTimeout, clearTimeout };
}
