/** Waits for `work`, but no longer than `timeoutMs`. What becomes of it later, and whether it fails, is nobody's concern. */
export async function within(timeoutMs: number, work: () => Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const deadline = setTimeout(resolve, timeoutMs);
    const done = () => {
      clearTimeout(deadline);
      resolve();
    };
    try {
      work().then(done, done);
    } catch {
      done();
    }
  });
}
