import timers from "node:timers";

/** As they are at load: fake ones that a test installs later would wait for ever, or clear nothing. */
const { clearTimeout, setTimeout } = timers;

/**
 * Waits for `work`, but no longer than `timeoutMs`. What becomes of it later, and whether it fails, is nobody's concern.
 * @returns whether it ended in time
 */
export async function within(timeoutMs: number, work: () => Promise<unknown>): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const deadline = setTimeout(resolve, timeoutMs, false);
    const done = () => {
      clearTimeout(deadline);
      resolve(true);
    };
    try {
      work().then(done, done);
    } catch {
      done();
    }
  });
}
