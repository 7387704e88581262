import { clearTimeout, setTimeout } from "../base/timers.ts";
/** Waits for `promise` no longer than `timeoutMs`. @returns undefined where it takes longer; it may go on */
export async function within<Result>(promise: Promise<Result>, timeoutMs: number): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs).unref();
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
